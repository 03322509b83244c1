-- The polls of several organizations are recorded by one statement: of a list in which little changed, the statement itself takes longer
-- than what it does.

drop function record_poll(text, text, bigint, bigint, bigint, json, text[], text[], json, text[], json, json, text, json);
drop function append_changes(organization_head, timestamptz, bigint, json, text[], text[]);

-- The plan is the same whatever is appended; made for these very texts, it would hold copies of all of them.
create function append_changes(p_heads organization_head[], p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                               p_payloads text[], p_raws text[])
    returns table (organization_id text, last_seq bigint, last_hash bytea)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    ended record;
begin
    -- The texts are taken from the arrays where they are needed: they are most of a row, and would be copied at every step.
    for ended in
        with head as materialized (
            select ordinality as place, organization_id, source, epoch, last_seq, last_hash, claimed_at,
                greatest(p_recorded_at, claimed_at) as recorded_at,
                job_history_item_start(source, organization_id, epoch) as item_start,
                job_history_item_end(claimed_at, greatest(p_recorded_at, claimed_at), p_attempt) as item_end
            from unnest(p_heads) with ordinality where organization_id is not null
        ), change as materialized (
            select change.*, uuid_send(gen_random_uuid()) as salt, array_to_string(changed_fields, ',') as fields,
                iso(last_run) as last_run_text, iso(next_run) as next_run_text,
                row_number() over (partition by poll order by n) as nth
            from rows from (json_to_recordset(p_changes) as (
                poll bigint, job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean,
                last_status text, previous_status text, last_run timestamptz, next_run timestamptz
            )) with ordinality as change (poll, job_type, job_id, job_name, change_kind, changed_fields, enabled,
                last_status, previous_status, last_run, next_run, n)
        ), digested as materialized (
            select *, salted_digest(salt, p_payloads[n]) as payload_digest, salted_digest(salt, p_raws[n]) as raw_digest
            from change
        ), chained as (
            select *, chain(last_hash, 'jobtrail/job_history/1', job_history_item(
                    item_start, (last_seq + nth)::text, job_type, job_id, job_name, change_kind, fields, enabled::text,
                    last_status, previous_status, last_run_text, next_run_text, item_end, payload_digest, raw_digest))
                over (partition by place order by n rows unbounded preceding) as hash
            from digested join head on place = coalesce(poll, 1)
        ), appended as (
            insert into job_history
            select source, organization_id, epoch, last_seq + nth, job_type, job_id, job_name, change_kind,
                changed_fields, enabled, last_status, previous_status, last_run, next_run, claimed_at, recorded_at,
                p_attempt, p_payloads[n], p_raws[n], salt, payload_digest, raw_digest,
                lag(hash, 1, last_hash) over (partition by place order by n), hash
            from chained
            returning organization_id, seq, hash
        )
        select organization_id, max(seq) as last_seq, (array_agg(hash order by seq desc))[1] as last_hash
        from appended group by organization_id
    loop
        -- One by one: joined, the plan that is made while the table is small would read all of it, and all that was updated since.
        update organization_head head
        set last_seq = ended.last_seq, last_hash = ended.last_hash, last_observed_at = head.claimed_at
        where head.organization_id = ended.organization_id;
        return query select ended.organization_id, ended.last_seq, ended.last_hash;
        perform pg_notify('jobtrail', '');
    end loop;
end $$;
comment on function append_changes(organization_head[], timestamptz, bigint, json, text[], text[]) is
    'Numbers, salts, chains and appends changes to the histories of organizations, whose heads the caller has locked: of those that are null, nothing; poll of a change says which of the heads it is of, the first where it says nothing. Yields where the histories end that were continued.';

create or replace function append_changes(head organization_head, p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                                          out last_seq bigint, out last_hash bytea)
    language sql set search_path = jobtrail, pg_temp as $$
    select coalesce(appended.last_seq, head.last_seq), coalesce(appended.last_hash, head.last_hash)
    from (values (1)) always (told)
    left join append_changes(array[head], p_recorded_at, p_attempt, p_changes,
        array(select change ->> 'payload' from json_array_elements(p_changes) with ordinality as changes (change, n) order by n),
        array(select change ->> 'raw' from json_array_elements(p_changes) with ordinality as changes (change, n) order by n)
    ) appended on true
$$;

create function poll_portions(p_portions json)
    returns table (poll bigint, organization_id text, job_type text, claimed_poll bigint, after bigint, last boolean,
                   suspect_digest text, content_digest text, list_digest text, jobs integer)
    language sql stable parallel safe as $$
    select n, organization_id, job_type, claimed_poll, after, last, suspect_digest, content_digest, list_digest, jobs
    from rows from (json_to_recordset(p_portions) as (
        organization_id text, job_type text, claimed_poll bigint, after bigint, last boolean, suspect_digest text,
        content_digest text, list_digest text, jobs integer
    )) with ordinality as portion (organization_id, job_type, claimed_poll, after, last, suspect_digest, content_digest,
        list_digest, jobs, n)
$$;
comment on function poll_portions is 'What record_polls is given of each poll.';

-- Each by the index: the plan that is made while the table is small would read all of it.
create function touch_jobs(p_heads organization_head[], p_touched json) returns void
    language sql set search_path = jobtrail, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
    update job_state as state
    set absent_polls = touched.absent_polls,
        raw_digest = coalesce(decode(touched.raw_digest, 'hex'), state.raw_digest)
    from json_to_recordset(p_touched) as touched (poll bigint, job_type text, job_id text, absent_polls integer, raw_digest text)
    join unnest(p_heads) with ordinality as head on head.ordinality = coalesce(touched.poll, 1)
    where state.organization_id = head.organization_id and state.job_type = touched.job_type and state.job_id = touched.job_id
$$;
comment on function touch_jobs is 'Notes of jobs that did not change how often they were absent, and how they are spelled.';

create function record_polls(p_attempt bigint, p_portions json, p_changes json, p_payloads text[], p_raws text[], p_states json,
                             p_snapshots text[], p_touched json, p_rejected json)
    returns table (organization_id text, superseded boolean, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    portion record;
    head    organization_head;
    heads   organization_head[];
begin
    perform durable();

    -- The lock is a statement of its own, so that the next statement sees what the last holder committed; in order of the ids, as
    -- claims are. Null stands for one who has been claimed since, and for a portion that is there: only its answer was lost.
    for portion in select * from poll_portions(p_portions) order by organization_id collate "C" loop
        select * into strict head from organization_head where organization_id = portion.organization_id for update;
        heads[portion.poll] := case
            when head.claimed_poll = portion.claimed_poll and head.last_seq <= portion.after then head end;
    end loop;

    if cardinality(p_payloads) > 0 then
        perform append_changes(heads, clock_timestamp(), p_attempt, p_changes, p_payloads, p_raws);
    end if;

    -- A job's last_seq is that of its last row, which is the last one appended for it.
    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select head.organization_id, job_type, job_id, p_snapshots[n], decode(digest, 'hex'), decode(raw_digest, 'hex'), api_version,
        missing, 0, head.last_seq + last_change
    from rows from (json_to_recordset(p_states) as (
        poll bigint, job_type text, job_id text, digest text, raw_digest text, api_version text, missing boolean, last_change bigint
    )) with ordinality as changed (poll, job_type, job_id, digest, raw_digest, api_version, missing, last_change, n)
    join unnest(heads) with ordinality as head on head.ordinality = coalesce(changed.poll, 1) and head.organization_id is not null
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0,
        last_seq = excluded.last_seq;

    if json_array_length(p_touched) > 0 then
        perform touch_jobs(heads, p_touched);
    end if;

    if json_array_length(p_rejected) > 0 then
        perform keep_rejected(head.source, head.organization_id, p_attempt, head.claimed_at, rejected.elements)
        from (
            select coalesce((element ->> 'poll')::bigint, 1) as poll, json_agg(element) as elements from json_array_elements(p_rejected) element
            group by poll
        ) rejected
        join unnest(heads) with ordinality as head on head.ordinality = rejected.poll and head.organization_id is not null;
    end if;

    -- With the last portion the list counts as recorded: what comes before is of a first poll as long as it is not.
    insert into job_list as list
        (organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_seen, suspect_attempt,
         content_digest, list_digest, jobs)
    select organization_id, job_type, case when suspect_digest is null then portion.claimed_poll else 0 end, suspect_digest,
        case when suspect_digest is not null then head.claimed_at end,
        case when suspect_digest is not null then head.claimed_at end,
        case when suspect_digest is not null then p_attempt end,
        decode(content_digest, 'hex'), list_digest, jobs
    from poll_portions(p_portions) portion
    join unnest(heads) head using (organization_id)
    where portion.last
    on conflict (organization_id, job_type) do update
    set recorded_poll = case when excluded.suspect_digest is null then excluded.recorded_poll else list.recorded_poll end,
        content_digest = excluded.content_digest,
        list_digest = excluded.list_digest,
        jobs = excluded.jobs,
        suspect_digest = excluded.suspect_digest,
        suspect_attempt = excluded.suspect_attempt,
        suspect_seen = excluded.suspect_seen,
        -- An acceptance is of one list; it ends when that was believed, or when another one comes.
        accepted_digest = case when excluded.suspect_digest = list.accepted_digest then list.accepted_digest end,
        suspect_since = case
            when excluded.suspect_digest = list.suspect_digest and p_attempt <= list.suspect_attempt + 1 then list.suspect_since
            else excluded.suspect_since
        end;

    for portion in select * from poll_portions(p_portions) loop
        head := heads[portion.poll];
        if head.organization_id is not null and portion.last and portion.suspect_digest is null then
            update organization_head set recorded_poll = portion.claimed_poll where organization_id = portion.organization_id;
        end if;
        return query
            select organization_id, claimed_poll <> portion.claimed_poll, last_seq
            from organization_head where organization_id = portion.organization_id;
    end loop;
end $$;
comment on function record_polls is
    'Appends what polls found, of each organization a portion of one list, in one statement: lock, fence, number, chain, append, state, head, notify; each portion once, however often it is sent. What is given besides says in poll which of p_portions it is of, the first where it says nothing. The texts of p_changes are in p_payloads and p_raws, those of p_states in p_snapshots, in their order. after is the row that a portion follows; last comes with the last one, and with what list it was. suspect_digest, with no changes, sets the list''s suspicion only.';
