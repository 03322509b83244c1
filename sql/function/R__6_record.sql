-- What a poll found becomes history: numbered, chained and appended, with the states that change is measured against.

create or replace function poll_portions(p_portions json)
    returns table (poll bigint, organization_id text, job_type text, claimed_poll bigint, after bigint, last boolean,
        suspect_digest text, content_digest text, list_digest text, jobs integer, api_version text, changes integer)
    language sql stable parallel safe as $$
    select n, organization_id, job_type, claimed_poll, after, last, suspect_digest, content_digest, list_digest, jobs, api_version,
        coalesce(changes, 0)
    from rows from (json_to_recordset(p_portions) as (
        organization_id text, job_type text, claimed_poll bigint, after bigint, last boolean, suspect_digest text,
        content_digest text, list_digest text, jobs integer, api_version text, changes integer
    )) with ordinality as portion (organization_id, job_type, claimed_poll, after, last, suspect_digest, content_digest,
        list_digest, jobs, api_version, changes, n)
$$;
comment on function poll_portions is
    'What record_polls is given of each portion.';

create or replace function placed_changes(p_heads organization_head[], p_counts integer[])
    returns table (place bigint, n integer, seq bigint)
    language sql stable parallel safe as $$
    select place, n, last_seq + 1 + n - first
    from (
        select ordinality as place, organization_id, last_seq, p_counts[ordinality] as count,
            1 + coalesce(sum(p_counts[ordinality]) over (order by ordinality rows between unbounded preceding and 1 preceding), 0)::integer as first
        from unnest(p_heads) with ordinality
    ) head, generate_series(first, first + count - 1) n
    where organization_id is not null
$$;
comment on function placed_changes is
    'Which of the changes are of which head, and which rows they become: of the first p_counts[1], of the second the next p_counts[2], of a head that is null none.';

create or replace function append_changes(head organization_head, p_recorded_at timestamptz, p_attempt bigint, p_changes json,
    out last_seq bigint, out last_hash bytea)
    language sql set search_path = jobtrail, pg_temp as $$
    select coalesce(appended.last_seq, head.last_seq), coalesce(appended.last_hash, head.last_hash)
    from (
        select count(*)::integer as changes, array_agg(job_type order by n) as job_types, array_agg(job_id order by n) as job_ids,
            array_agg(job_name order by n) as job_names, array_agg(change_kind order by n) as change_kinds,
            array_agg(array_to_string(changed_fields, ',') order by n) as changed_fields, array_agg(enabled order by n) as enabled,
            array_agg(last_status order by n) as last_statuses, array_agg(previous_status order by n) as previous_statuses,
            array_agg(last_run order by n) as last_runs, array_agg(next_run order by n) as next_runs,
            array_agg(payload order by n) as payloads, array_agg(raw order by n) as raws
        from rows from (json_to_recordset(p_changes) as (
            job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean, last_status text,
            previous_status text, last_run timestamptz, next_run timestamptz, payload text, raw text
        )) with ordinality as change (job_type, job_id, job_name, change_kind, changed_fields, enabled, last_status,
            previous_status, last_run, next_run, payload, raw, n)
    ) change
    left join append_changes(
        array[head], p_recorded_at, p_attempt, array[changes], job_types, job_ids, job_names, change_kinds, changed_fields, enabled,
        last_statuses, previous_statuses, last_runs, next_runs, payloads, raws) appended on true
$$;
comment on function append_changes(organization_head, timestamptz, bigint, json) is
    'The same of few changes, each of which has its texts with it.';

-- The plan is the same whatever is appended; made for these very texts, it would hold copies of all of them.
create or replace function append_changes(p_heads organization_head[], p_recorded_at timestamptz, p_attempt bigint,
    p_counts integer[], p_job_types text[], p_job_ids text[], p_job_names text[], p_change_kinds text[], p_changed_fields text[],
    p_enabled boolean[], p_last_statuses text[], p_previous_statuses text[], p_last_runs timestamptz[], p_next_runs timestamptz[],
    p_payloads text[], p_raws text[])
    returns table (organization_id text, last_seq bigint, last_hash bytea)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    organizations text[];
    seqs          bigint[];
    hashes        bytea[];
    contradicted  organization_head;
begin
    -- What follows a hash that no row has would never verify again. After a new epoch, no row has the number of the head.
    select head.* into contradicted
    from unnest(p_heads) head cross join lateral recorded_hash(head.organization_id, head.last_seq) recorded
    where recorded.hash <> head.last_hash limit 1;
    if found then
        raise exception 'nothing is recorded of organization %: its head says another hash than row %, with which its history ends: somebody has changed one of them; run verify, and bring back what was changed',
            contradicted.organization_id, contradicted.last_seq using errcode = 'JT006';
    end if;

    -- Whatever is in the arrays is taken from there where it is needed: it would be copied at every step.
    with head as materialized (
        select ordinality as place, organization_id, source, epoch, last_hash, claimed_at,
            greatest(p_recorded_at, claimed_at) as recorded_at,
            job_history_item_start(source, organization_id, epoch) as item_start,
            job_history_item_end(claimed_at, greatest(p_recorded_at, claimed_at), p_attempt) as item_end
        from unnest(p_heads) with ordinality where organization_id is not null
    ), digested as (
        -- Nothing of it is computed twice: what has a random salt in it is not inlined.
        select *, salted_digest(salt, p_payloads[n]) as payload_digest, salted_digest(salt, p_raws[n]) as raw_digest
        from (select *, uuid_send(gen_random_uuid()) as salt from placed_changes(p_heads, p_counts)) change
    ), chained as (
        select *, chain(last_hash, 'jobtrail/job_history/1', job_history_item(
                item_start, seq::text, p_job_types[n], p_job_ids[n], p_job_names[n], p_change_kinds[n], p_changed_fields[n],
                p_enabled[n]::text, p_last_statuses[n], p_previous_statuses[n], iso(p_last_runs[n]), iso(p_next_runs[n]),
                item_end, payload_digest, raw_digest))
            over (partition by place order by n rows unbounded preceding) as hash
        from digested join head using (place)
    ), appended as (
        insert into job_history
        select source, organization_id, epoch, seq, p_job_types[n], p_job_ids[n], p_job_names[n], p_change_kinds[n],
            string_to_array(p_changed_fields[n], ','), p_enabled[n], p_last_statuses[n], p_previous_statuses[n], p_last_runs[n],
            p_next_runs[n], claimed_at, recorded_at, p_attempt, p_payloads[n], p_raws[n], salt, payload_digest, raw_digest,
            lag(hash, 1, last_hash) over (partition by place order by n), hash
        from chained
        returning organization_id, seq, hash
    ), ended as (
        select organization_id, max(seq) as last_seq, (array_agg(hash order by seq desc))[1] as last_hash
        from appended group by organization_id
    )
    select array_agg(organization_id), array_agg(last_seq), array_agg(last_hash) into organizations, seqs, hashes from ended;

    for i in 1 .. coalesce(cardinality(organizations), 0) loop
        -- One by one: joined, the plan that is made while the table is small would read all of it, and all that was updated since.
        update organization_head head
        set last_seq = seqs[i], last_hash = hashes[i], last_observed_at = head.claimed_at
        where head.organization_id = organizations[i];
        return query select organizations[i], seqs[i], hashes[i];
        perform pg_notify('jobtrail', '');
    end loop;
end $$;
comment on function append_changes(organization_head[], timestamptz, bigint, integer[], text[], text[], text[], text[], text[],
    boolean[], text[], text[], timestamptz[], timestamptz[], text[], text[])
    is
    'Numbers, salts, chains and appends changes to the histories of organizations, whose heads the caller has locked: of those that are null, nothing; p_counts says how many of the changes, one after the other, are of each head. p_changed_fields are joined by commas. Yields where the histories end that were continued.';

-- Each by the index: the plan that is made while the table is small would read all of it.
create or replace function touch_jobs(p_heads organization_head[], p_touched json) returns void
    language sql set search_path = jobtrail, pg_temp set enable_seqscan = off set enable_hashjoin = off
        set enable_mergejoin = off as $$
    update known_job as state
    set absent_polls = touched.absent_polls,
        raw_digest = coalesce(decode(touched.raw_digest, 'hex'), state.raw_digest)
    from json_to_recordset(p_touched) as touched (poll bigint, job_type text, job_id text, absent_polls integer, raw_digest text)
    join unnest(p_heads) with ordinality as head on head.ordinality = coalesce(touched.poll, 1)
    where state.organization_id = head.organization_id and state.job_type = touched.job_type and state.job_id = touched.job_id
$$;
comment on function touch_jobs is
    'Notes of jobs that did not change how often they were absent, and how they are spelled.';

create or replace function keep_rejected(p_source text, p_organization_id text, p_attempt bigint, p_seen timestamptz,
    p_rejected json)
    returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    insert into rejected_job
        (source, organization_id, job_type, digest, reason, raw, first_attempt, last_attempt, first_seen, last_seen)
    select distinct on (job_type, digest) p_source, p_organization_id, job_type, decode(digest, 'hex'), reason, raw,
        p_attempt, p_attempt, p_seen, p_seen
    from json_to_recordset(p_rejected) as rejected (job_type text, digest text, reason text, raw text)
    order by job_type, digest
    on conflict (source, organization_id, job_type, digest) do update
    set reason = excluded.reason, last_attempt = excluded.last_attempt, last_seen = excluded.last_seen
$$;
comment on function keep_rejected is
    'Keeps list elements that could not be read, each once.';

-- Each by the index: the plan that is made while the tables are small would read all of them.
create or replace function last_snapshots(p_organization_ids text[], p_job_types text[], p_job_ids text[])
    returns table (organization_id text, job_type text, job_id text, snapshot bytea)
    language plpgsql stable security definer set search_path = jobtrail, pg_temp set enable_seqscan = off
        set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    -- What a row says under after stands last in its payload: where nothing else has that name, it need not be read as JSON.
    return query
        select changed.organization_id, changed.job_type, changed.job_id,
            case
                when cardinality(parts) = 2 and starts_with(parts[2], '{') and right(parts[2], 2) = '}}'
                    then substr(convert_to(parts[2], 'UTF8'), 1, octet_length(parts[2]) - 1)
                when payload is not null
                    then convert_to(coalesce(payload::json ->> 'after', payload::json ->> 'before', '{}'), 'UTF8')
            end
        from unnest(p_organization_ids, p_job_types, p_job_ids) as changed (organization_id, job_type, job_id)
        join known_job known on known.organization_id = changed.organization_id and known.job_type = changed.job_type
            and known.job_id = changed.job_id
        cross join lateral (
            select line.payload, string_to_array(line.payload, ',"after":') as parts
            from (
                select * from job_history history
                where history.organization_id = changed.organization_id and history.seq = known.last_seq
                union all
                select * from sealed_row sealed
                where sealed.organization_id = changed.organization_id and sealed.seq = known.last_seq
            ) line
            where line.job_type = changed.job_type and line.job_id = changed.job_id
            limit 1
        ) last;
exception when data_corrupted or index_corrupted or io_error or undefined_file
    or character_not_in_repertoire or invalid_text_representation or statement_too_complex then
    -- One by one: the others can be read.
    if cardinality(p_job_ids) > 1 then
        for n in 1 .. cardinality(p_job_ids) loop
            return query select * from last_snapshots(p_organization_ids[n:n], p_job_types[n:n], p_job_ids[n:n]);
        end loop;
    end if;
end $$;
comment on function last_snapshots is
    'What jobs were like as their last rows say, of some at once. Of a row that is not there, or that PostgreSQL cannot read, nothing.';

create or replace function record_polls(p_attempt bigint, p_portions json, p_job_types text[], p_job_ids text[],
    p_job_names text[], p_change_kinds text[], p_changed_fields text[], p_enabled boolean[], p_last_statuses text[],
    p_previous_statuses text[], p_last_runs timestamptz[], p_next_runs timestamptz[], p_payloads text[], p_raws text[],
    p_digests bytea[], p_raw_digests bytea[], p_touched json, p_rejected json)
    returns table (organization_id text, superseded boolean, last_seq bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    portion record;
    head    organization_head;
    heads   organization_head[];
    counts  integer[];
begin
    perform durable();

    -- The lock is a statement of its own, so that the next statement sees what the last holder committed; in order of the ids, as
    -- claims are. Null stands for one who has been claimed since, and for a portion that is there: only its answer was lost.
    for portion in select * from poll_portions(p_portions) order by organization_id collate "C" loop
        select * into head from organization_head where organization_id = portion.organization_id for update;
        if not found then
            raise exception 'organization % was never claimed', portion.organization_id;
        end if;
        -- Its first portions were recorded on a server of which this one knows only what came before.
        if head.claimed_poll = portion.claimed_poll and head.last_seq < portion.after then
            raise exception 'nothing is recorded of organization %: PostgreSQL was set back while it was polled: its history ends at row %, not at row %',
                portion.organization_id, head.last_seq, portion.after using errcode = 'JT006';
        end if;
        heads[portion.poll] := case
            when head.claimed_poll = portion.claimed_poll and head.last_seq <= portion.after then head end;
        counts[portion.poll] := portion.changes;
    end loop;

    -- What no portion counted would be lost, and its list would pass for recorded.
    if exists (
        select from unnest(array[
            cardinality(p_job_types), cardinality(p_job_ids), cardinality(p_job_names), cardinality(p_change_kinds),
            cardinality(p_changed_fields), cardinality(p_enabled), cardinality(p_last_statuses), cardinality(p_previous_statuses),
            cardinality(p_last_runs), cardinality(p_next_runs), cardinality(p_payloads), cardinality(p_raws), cardinality(p_digests),
            cardinality(p_raw_digests)]) size
        where coalesce(size, 0) <> (select coalesce(sum(count), 0) from unnest(counts) count)
    ) then
        raise exception 'nothing is recorded: the portions do not have as many changes as there are';
    end if;

    if cardinality(p_payloads) > 0 then
        perform append_changes(
            heads, clock_timestamp(), p_attempt, counts, p_job_types, p_job_ids, p_job_names, p_change_kinds, p_changed_fields,
            p_enabled, p_last_statuses, p_previous_statuses, p_last_runs, p_next_runs, p_payloads, p_raws);

        insert into known_job as state
            (organization_id, job_type, job_id, digest, raw_digest, api_version, missing, absent_polls, last_seq)
        select organization_id, p_job_types[n], p_job_ids[n], p_digests[n], p_raw_digests[n], api_version,
            p_change_kinds[n] = 'missing', 0, seq
        from placed_changes(heads, counts) join poll_portions(p_portions) on poll = place
        where p_digests[n] is not null
        on conflict (organization_id, job_type, job_id) do update
        set digest = excluded.digest, raw_digest = excluded.raw_digest,
            api_version = case when excluded.missing then state.api_version else excluded.api_version end, missing = excluded.missing, absent_polls = 0,
            last_seq = excluded.last_seq;
    end if;

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
        suspect_attempt = greatest(excluded.suspect_attempt, case when excluded.suspect_digest is not null then list.suspect_attempt end),
        suspect_seen = excluded.suspect_seen,
        -- An acceptance is of one list; it ends when that was believed, or when another one comes.
        accepted_digest = case when excluded.suspect_digest = list.accepted_digest then list.accepted_digest end,
        suspect_since = case
            when excluded.suspect_digest = list.suspect_digest then list.suspect_since
            else excluded.suspect_since
        end;

    for portion in select * from poll_portions(p_portions) loop
        head := heads[portion.poll];
        if head.organization_id is not null and portion.last and portion.suspect_digest is null then
            update organization_head set recorded_poll = portion.claimed_poll where organization_id = portion.organization_id;
        elsif head.organization_id is not null and not portion.last then
            -- What is known of the jobs is not that of the list before any more, and not yet that of this one.
            update job_list list set content_digest = null
            where list.organization_id = portion.organization_id and list.job_type = portion.job_type and list.content_digest is not null;
        end if;
        return query
            select organization_id, claimed_poll <> portion.claimed_poll, last_seq
            from organization_head where organization_id = portion.organization_id;
    end loop;
end $$;
comment on function record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[],
    timestamptz[], text[], text[], bytea[], bytea[], json, json)
    is
    'Appends what polls found, of each organization a portion of one list, in one statement: lock, fence, number, chain, append, state, head, notify; each portion once, however often it is sent. The arrays are the changes of all portions, one portion after the other, of each as many as its changes says. The last change of a job has its digests, others have null there. What is touched and rejected says in poll which of p_portions it is of, the first where it says nothing. after is the row that a portion follows; last comes with the last one, and with what list it was. suspect_digest, with no changes, sets the list''s suspicion only.';

create or replace function record_polls(p_attempt bigint, p_portions json, p_job_types text[], p_job_ids text[],
    p_job_names text[], p_change_kinds text[], p_changed_fields text[], p_enabled boolean[], p_last_statuses text[],
    p_previous_statuses text[], p_last_runs timestamptz[], p_next_runs timestamptz[], p_payloads text[], p_raws text[],
    p_snapshots text[], p_digests bytea[], p_raw_digests bytea[], p_touched json, p_rejected json)
    returns table (organization_id text, superseded boolean, last_seq bigint)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select * from record_polls(
        p_attempt, p_portions, p_job_types, p_job_ids, p_job_names, p_change_kinds, p_changed_fields, p_enabled, p_last_statuses,
        p_previous_statuses, p_last_runs, p_next_runs, p_payloads, p_raws, p_digests, p_raw_digests, p_touched, p_rejected)
$$;
comment on function record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[],
    timestamptz[], text[], text[], text[], bytea[], bytea[], json, json)
    is
    'The same for the program of before, which may run beside this one, and sends each snapshot a second time.';
