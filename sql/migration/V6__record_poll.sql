create function record_poll(p_organization_id text, p_claim bigint, p_attempt bigint, p_changes json, p_states json,
                            p_touched json, p_rejected json, p_suspect_digest text)
    returns table (superseded boolean, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head    organization_head;
    written record;
    now     timestamptz;
begin
    perform set_config('synchronous_commit', 'on', true);

    -- The lock is a statement of its own, so that the next statement sees what the last holder committed.
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        return query select true, head.last_seq;
        return;
    end if;
    now := greatest(clock_timestamp(), head.claimed_at);

    with incoming as (
        select * from rows from (json_to_recordset(p_changes) as (
            job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean,
            last_status text, previous_status text, last_run timestamptz, next_run timestamptz, payload text, raw text
        )) with ordinality as change (job_type, job_id, job_name, change_kind, changed_fields, enabled,
            last_status, previous_status, last_run, next_run, payload, raw, n)
    ), salted as (
        select *, uuid_send(gen_random_uuid()) as salt from incoming
    ), numbered as (
        select n, row(head.source, head.organization_id, head.epoch, head.last_seq + n, job_type, job_id, job_name,
            change_kind, changed_fields, enabled, last_status, previous_status, last_run, next_run, head.claimed_at, now,
            p_attempt, payload, raw, salt, salted_digest(salt, payload), salted_digest(salt, raw), null, null
        )::job_history as line
        from salted
    ), chained as (
        select n, line, chain(head.last_hash, 'jobtrail/job_history/1', job_history_item(line))
            over (order by n rows unbounded preceding) as hash
        from numbered
    ), linked as (
        select line, hash, lag(hash, 1, head.last_hash) over (order by n) as prev_hash, n from chained
    ), appended as (
        insert into job_history
        select (line).source, (line).organization_id, (line).epoch, (line).seq, (line).job_type, (line).job_id,
            (line).job_name, (line).change_kind, (line).changed_fields, (line).enabled, (line).last_status,
            (line).previous_status, (line).last_run, (line).next_run, (line).observed_at, (line).recorded_at,
            (line).attempt, (line).payload, (line).raw, (line).salt, (line).payload_digest, (line).raw_digest,
            prev_hash, hash
        from linked order by n
        returning seq, hash
    )
    select max(seq) as seq, (array_agg(hash order by seq desc))[1] as hash into written from appended;

    -- A job's last_seq is that of its last row, which is the last one appended for it.
    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select p_organization_id, job_type, job_id, snapshot, decode(digest, 'hex'), decode(raw_digest, 'hex'), api_version,
        missing, 0, head.last_seq + last_change
    from json_to_recordset(p_states) as changed (
        job_type text, job_id text, snapshot text, digest text, raw_digest text, api_version text, missing boolean,
        last_change bigint)
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0,
        last_seq = excluded.last_seq;

    update job_state as state
    set absent_polls = touched.absent_polls,
        raw_digest = coalesce(decode(touched.raw_digest, 'hex'), state.raw_digest)
    from json_to_recordset(p_touched) as touched (job_type text, job_id text, absent_polls integer, raw_digest text)
    where state.organization_id = p_organization_id and state.job_type = touched.job_type and state.job_id = touched.job_id;

    insert into rejected_job as known
        (organization_id, job_type, digest, reason, raw, first_attempt, last_attempt, first_seen, last_seen)
    select distinct on (job_type, digest) p_organization_id, job_type, decode(digest, 'hex'), reason, raw,
        p_attempt, p_attempt, head.claimed_at, head.claimed_at
    from json_to_recordset(p_rejected) as rejected (job_type text, digest text, reason text, raw text)
    on conflict (organization_id, job_type, digest) do update
    set reason = excluded.reason, last_attempt = excluded.last_attempt, last_seen = excluded.last_seen;

    update organization_head
    set last_seq = coalesce(written.seq, head.last_seq),
        last_hash = coalesce(written.hash, head.last_hash),
        last_observed_at = case when written.seq is null then head.last_observed_at else head.claimed_at end,
        recorded_poll = case when p_suspect_digest is null then p_claim else head.recorded_poll end,
        suspect_digest = p_suspect_digest,
        suspect_attempt = case when p_suspect_digest is not null then p_attempt end,
        suspect_since = case
            when p_suspect_digest is null then null
            when p_suspect_digest = head.suspect_digest and p_attempt = head.suspect_attempt + 1 then head.suspect_since
            else head.claimed_at
        end
    where organization_id = p_organization_id;

    if written.seq is not null then
        perform pg_notify('jobtrail', '');
    end if;
    return query select false, coalesce(written.seq, head.last_seq);
end $$;
comment on function record_poll is
    'Appends what a poll found, in one statement: lock, fence, number, chain, append, state, head, notify. Sets the suspicion only, where p_suspect_digest is given with no changes.';
