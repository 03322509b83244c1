-- What makes a poll cheap in which much changes: texts come as arrays, not as JSON in JSON, and what a poll's rows have in common is
-- put into their hashes once.

-- Stable, as convert_to is: as long as it said immutable, it was not inlined.
create or replace function salted_digest(salt bytea, content text) returns bytea
    language sql stable parallel safe
return case when content is not null then sha256(salt || convert_to(content, 'UTF8')) end;

create function job_history_item(poll_start bytea, seq text, job_type text, job_id text, job_name text, change_kind text,
                                 changed_fields text, enabled text, last_status text, previous_status text, last_run text,
                                 next_run text, poll_end bytea, payload_digest bytea, raw_digest bytea) returns bytea
    language sql stable parallel safe
return poll_start || length_prefixed(seq) || length_prefixed(job_type) || length_prefixed(job_id)
    || length_prefixed(job_name) || length_prefixed(change_kind) || length_prefixed(changed_fields)
    || length_prefixed(enabled) || length_prefixed(last_status) || length_prefixed(previous_status)
    || length_prefixed(last_run) || length_prefixed(next_run) || poll_end
    || length_prefixed(payload_digest) || length_prefixed(raw_digest);
comment on function job_history_item(bytea, text, text, text, text, text, text, text, text, text, text, text, bytea, bytea, bytea) is
    'What of a row goes into its hash, besides the hash of the row before; its first and its last fields are those of all rows of its poll.';

create function job_history_item_start(source text, organization_id text, epoch integer) returns bytea
    language sql stable parallel safe
return length_prefixed(source) || length_prefixed(organization_id) || length_prefixed(epoch::text);
comment on function job_history_item_start is 'The first fields of what goes into the hash of a row.';

create function job_history_item_end(observed_at timestamptz, recorded_at timestamptz, attempt bigint) returns bytea
    language sql stable parallel safe
return length_prefixed(iso(observed_at)) || length_prefixed(iso(recorded_at)) || length_prefixed(attempt::text);
comment on function job_history_item_end is 'The last fields of what goes into the hash of a row, but for its digests.';

create or replace function job_history_item(line job_history) returns bytea
    language sql stable parallel safe
return job_history_item(
    job_history_item_start(line.source, line.organization_id, line.epoch), line.seq::text, line.job_type, line.job_id,
    line.job_name, line.change_kind, array_to_string(line.changed_fields, ','), line.enabled::text, line.last_status,
    line.previous_status, iso(line.last_run), iso(line.next_run),
    job_history_item_end(line.observed_at, line.recorded_at, line.attempt), line.payload_digest, line.raw_digest);

-- The plan is the same whatever is appended; made for these very texts, it would hold copies of all of them.
create function append_changes(head organization_head, p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                               p_payloads text[], p_raws text[], out last_seq bigint, out last_hash bytea)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    poll_start bytea := job_history_item_start(head.source, head.organization_id, head.epoch);
    poll_end   bytea := job_history_item_end(head.claimed_at, p_recorded_at, p_attempt);
begin
    -- The texts are taken from the arrays where they are needed: they are most of a row, and would be copied at every step.
    with change as materialized (
        select change.*, uuid_send(gen_random_uuid()) as salt, array_to_string(changed_fields, ',') as fields,
            iso(last_run) as last_run_text, iso(next_run) as next_run_text
        from rows from (json_to_recordset(p_changes) as (
            job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean,
            last_status text, previous_status text, last_run timestamptz, next_run timestamptz
        )) with ordinality as change (job_type, job_id, job_name, change_kind, changed_fields, enabled,
            last_status, previous_status, last_run, next_run, n)
    ), digested as materialized (
        select *, salted_digest(salt, p_payloads[n]) as payload_digest, salted_digest(salt, p_raws[n]) as raw_digest
        from change
    ), chained as (
        select *, chain(head.last_hash, 'jobtrail/job_history/1', job_history_item(
                poll_start, (head.last_seq + n)::text, job_type, job_id, job_name, change_kind, fields, enabled::text,
                last_status, previous_status, last_run_text, next_run_text, poll_end, payload_digest, raw_digest))
            over (order by n rows unbounded preceding) as hash
        from digested
    ), appended as (
        insert into job_history
        select head.source, head.organization_id, head.epoch, head.last_seq + n, job_type, job_id, job_name, change_kind,
            changed_fields, enabled, last_status, previous_status, last_run, next_run, head.claimed_at, p_recorded_at,
            p_attempt, p_payloads[n], p_raws[n], salt, payload_digest, raw_digest,
            lag(hash, 1, head.last_hash) over (order by n), hash
        from chained order by n
        returning seq, hash
    )
    select max(seq), (array_agg(hash order by seq desc))[1] into append_changes.last_seq, append_changes.last_hash
    from appended;

    if append_changes.last_seq is null then
        append_changes.last_seq := head.last_seq;
        append_changes.last_hash := head.last_hash;
        return;
    end if;
    update organization_head
    set last_seq = append_changes.last_seq, last_hash = append_changes.last_hash, last_observed_at = head.claimed_at
    where organization_id = head.organization_id;
    perform pg_notify('jobtrail', '');
end $$;
comment on function append_changes(organization_head, timestamptz, bigint, json, text[], text[]) is
    'Numbers, salts, chains and appends changes to one organization''s history, whose head the caller has locked. Yields where it ends.';

create or replace function append_changes(head organization_head, p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                                          out last_seq bigint, out last_hash bytea)
    language sql set search_path = jobtrail, pg_temp as $$
    select * from append_changes(head, p_recorded_at, p_attempt, p_changes,
        array(select change ->> 'payload' from json_array_elements(p_changes) with ordinality as changes (change, n) order by n),
        array(select change ->> 'raw' from json_array_elements(p_changes) with ordinality as changes (change, n) order by n))
$$;
comment on function append_changes(organization_head, timestamptz, bigint, json) is
    'The same of few changes, each of which has its texts with it.';

drop function record_poll(text, text, bigint, bigint, bigint, json, json, json, json, text, json);
create function record_poll(p_organization_id text, p_job_type text, p_claim bigint, p_after bigint, p_attempt bigint,
                            p_changes json, p_payloads text[], p_raws text[], p_states json, p_snapshots text[],
                            p_touched json, p_rejected json, p_suspect_digest text, p_list json)
    returns table (superseded boolean, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    head     organization_head;
    appended record;
begin
    perform durable();

    -- The lock is a statement of its own, so that the next statement sees what the last holder committed.
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        return query select true, head.last_seq;
        return;
    end if;
    if head.last_seq > p_after then
        -- This portion is there: only its answer was lost.
        return query select false, head.last_seq;
        return;
    end if;
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), p_attempt, p_changes, p_payloads, p_raws);

    -- A job's last_seq is that of its last row, which is the last one appended for it.
    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select p_organization_id, job_type, job_id, p_snapshots[n], decode(digest, 'hex'), decode(raw_digest, 'hex'), api_version,
        missing, 0, head.last_seq + last_change
    from rows from (json_to_recordset(p_states) as (
        job_type text, job_id text, digest text, raw_digest text, api_version text, missing boolean, last_change bigint
    )) with ordinality as changed (job_type, job_id, digest, raw_digest, api_version, missing, last_change, n)
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0,
        last_seq = excluded.last_seq;

    update job_state as state
    set absent_polls = touched.absent_polls,
        raw_digest = coalesce(decode(touched.raw_digest, 'hex'), state.raw_digest)
    from json_to_recordset(p_touched) as touched (job_type text, job_id text, absent_polls integer, raw_digest text)
    where state.organization_id = p_organization_id and state.job_type = touched.job_type and state.job_id = touched.job_id;

    perform keep_rejected(head.source, p_organization_id, p_attempt, head.claimed_at, p_rejected);

    -- With the last portion the list counts as recorded: what comes before is of a first poll as long as it is not.
    if p_list is not null then
        if p_suspect_digest is null then
            update organization_head set recorded_poll = p_claim where organization_id = p_organization_id;
        end if;
        insert into job_list as list
            (organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_seen, suspect_attempt,
             content_digest, list_digest, jobs)
        values (p_organization_id, p_job_type, case when p_suspect_digest is null then p_claim else 0 end, p_suspect_digest,
            case when p_suspect_digest is not null then head.claimed_at end,
            case when p_suspect_digest is not null then head.claimed_at end,
            case when p_suspect_digest is not null then p_attempt end,
            decode(p_list ->> 'content_digest', 'hex'), p_list ->> 'list_digest', (p_list ->> 'jobs')::integer)
        on conflict (organization_id, job_type) do update
        set recorded_poll = case when p_suspect_digest is null then p_claim else list.recorded_poll end,
            content_digest = excluded.content_digest,
            list_digest = excluded.list_digest,
            jobs = excluded.jobs,
            suspect_digest = excluded.suspect_digest,
            suspect_attempt = excluded.suspect_attempt,
            suspect_seen = excluded.suspect_seen,
            -- An acceptance is of one list; it ends when that was believed, or when another one comes.
            accepted_digest = case when p_suspect_digest = list.accepted_digest then list.accepted_digest end,
            suspect_since = case
                when p_suspect_digest = list.suspect_digest and p_attempt <= list.suspect_attempt + 1 then list.suspect_since
                else excluded.suspect_since
            end;
    end if;

    return query select false, appended.last_seq;
end $$;
comment on function record_poll is
    'Appends a portion of what a poll found of one list, in one statement: lock, fence, number, chain, append, state, head, notify; once, however often it is sent. The texts of p_changes are in p_payloads and p_raws, those of p_states in p_snapshots, in their order. p_after is the row that it follows. p_list comes with the last portion and says what list it was. Sets the list''s suspicion only, where p_suspect_digest is given with no changes.';

-- Which rows come next is told from their numbers and sizes; whole rows are not sorted. An organization that waits alone has the whole
-- batch.
create or replace function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
    share integer;
begin
    perform acknowledge_publication(p_acknowledged, json_populate_record(null::publication_identity, p_identity));
    select greatest(p_rows / greatest(count(*)::integer, 1), 1) into share
    from (
        select from organization_head head left join publication using (organization_id)
        where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
        limit 4
    ) some_that_wait;
    -- Whoever waits longest comes first, with a share of the batch at most: no organization starves another.
    return query
        with waiting as (
            select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.published_at,
                sum(least(head.last_seq - coalesce(publication.published_seq, 0), share)) over (
                    order by publication.published_at nulls first, head.organization_id
                    rows between unbounded preceding and 1 preceding
                ) as rows_before
            from organization_head head left join publication using (organization_id)
            where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
        ), batch as (
            select waiting.organization_id, next.seq, row_number() over waiting_order as n,
                sum(next.bytes) over waiting_order as bytes
            from waiting, lateral (
                select history.seq, octet_length(history.payload) as bytes from job_history history
                where history.organization_id = waiting.organization_id and history.seq > waiting.published_seq
                order by history.seq limit share
            ) next
            where coalesce(waiting.rows_before, 0) < p_rows
            window waiting_order as
                (order by published_at nulls first, waiting.organization_id, next.seq rows unbounded preceding)
        )
        -- The limit has each row found by its number, whatever the planner expects of how many there are.
        select line.* from batch, lateral (
            select history.* from job_history history
            where history.organization_id = batch.organization_id and history.seq = batch.seq limit 1
        ) line
        where batch.n = 1 or (batch.n <= p_rows and batch.bytes <= p_bytes) order by batch.n;
end $$;
