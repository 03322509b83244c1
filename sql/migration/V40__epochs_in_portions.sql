-- A new epoch told all jobs of an organization in one statement: for hundreds of thousands, both sides needed the memory of all.

-- The keys of some are looked up: as a join, all states of the organization would be read for each portion.
create function tell_anew(p_organization_id text, p_claim bigint, p_changes json) returns void
    language plpgsql security definer
    set search_path = jobtrail, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    head organization_head;
begin
    perform durable();
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        raise exception 'organization % is polled at this moment: try again', p_organization_id using errcode = 'JT005';
    end if;

    perform append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    with told as materialized (
        select job_type, job_id, seq from job_history where organization_id = p_organization_id and seq > head.last_seq
    )
    update job_state state
    set last_seq = told.seq
    from told
    where state.organization_id = p_organization_id and state.job_type = told.job_type and state.job_id = told.job_id;
end $$;
comment on function tell_anew is
    'Tells some of an organization''s jobs anew, in the transaction that has begun an epoch: as many at once as fit into memory.';
