-- A new epoch told all jobs of an organization in one statement: for hundreds of thousands, both sides needed the memory of all. And what had
-- been erased since the backup was told once more, and could not be erased before it was on the topic.

create function erased_on_topic(p_organization_id text, p_seq bigint, p_hash text) returns table (job_type text, job_id text)
    language plpgsql stable security definer set search_path = jobtrail, pg_temp as $$
declare
    expected bytea  := decode(p_hash, 'hex');
    wanted   bigint := p_seq;
    event    record;
    line     job_history;
begin
    -- Only what is in the chain that the cursor ends: anybody who may write to the topic can make a row that agrees with itself.
    for event in
        select told.seq, told.hash, told.line from recovered_event told
        where told.organization_id = p_organization_id and told.seq <= p_seq and told.line is not null
        order by told.seq desc
    loop
        exit when event.seq < wanted;
        continue when event.seq > wanted or event.hash <> expected;
        line := json_populate_record(null::job_history, event.line);
        continue when event.hash is distinct from chain_step(null, line.prev_hash, 'jobtrail/job_history/1', job_history_item(line));
        -- From here on back, both are the same.
        exit when exists (
                select from job_history here
                where here.organization_id = p_organization_id and here.seq = event.seq and here.hash = event.hash)
            or exists (
                select from sealed_row here
                where here.organization_id = p_organization_id and here.seq = event.seq and here.hash = event.hash);
        if line.change_kind = 'erased' then
            job_type := line.job_type;
            job_id := line.job_id;
            return next;
        end if;
        expected := line.prev_hash;
        wanted := event.seq - 1;
    end loop;
end $$;
comment on function erased_on_topic is
    'Which jobs were erased as rows say that the topic has and the history has not: those of the chain that ends with this row of the topic, back to where both are the same or the topic has lost one.';

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
