-- A new epoch told all jobs of an organization in one statement: for hundreds of thousands, both sides needed the memory of all. And what had
-- been erased since the backup was told once more, and could not be erased before it was on the topic.

create function erased_on_topic(p_organization_id text) returns table (job_type text, job_id text)
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select distinct told.job_type, told.job_id
    from recovered_event event cross join lateral json_populate_record(null::job_history, event.line) told
    where event.organization_id = p_organization_id and told.change_kind = 'erased'
        -- What a new epoch left behind was seen to when it began.
        and not left_behind(p_organization_id) @> event.seq
        and event.hash = chain_step(null, told.prev_hash, 'jobtrail/job_history/1', job_history_item(told))
        and not exists (
            select from job_history here
            where here.organization_id = p_organization_id and here.seq = event.seq and here.hash = event.hash)
        and not exists (
            select from sealed_row here
            where here.organization_id = p_organization_id and here.seq = event.seq and here.hash = event.hash)
$$;
comment on function erased_on_topic is 'Which jobs were erased as rows say that the topic has and the history has not.';

-- The keys of some are looked up: as a join, all states of the organization would be read for each portion.
create function tell_anew(p_organization_id text, p_claim bigint, p_changes json) returns void
    language plpgsql security definer
    set search_path = jobtrail, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    head   organization_head;
    erased record;
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

    insert into lawful_change values (pg_current_xact_id(), 'erase');
    for erased in
        select job_type, job_id, seq from job_history
        where organization_id = p_organization_id and seq > head.last_seq and change_kind = 'erased' order by seq
    loop
        perform forget_erased(p_organization_id, erased.job_type, erased.job_id, erased.seq);
        update job_state state
        set snapshot = '{}', digest = sha256('{}'), raw_digest = decode(repeat('00', 32), 'hex')
        where state.organization_id = p_organization_id and state.job_type = erased.job_type and state.job_id = erased.job_id;
    end loop;
    delete from lawful_change where transaction_id = pg_current_xact_id();
end $$;
comment on function tell_anew is
    'Tells some of an organization''s jobs anew, in the transaction that has begun an epoch: as many at once as fit into memory. What it is told to say erased of is erased.';
