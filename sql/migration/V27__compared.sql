-- A database that was restored, or a standby that was promoted, may end before what is on the topic: whoever goes on in it takes the
-- numbers of rows that can still be had back. Instances that wait for the comparison of their own do not see to that: one may rely on
-- another that has not compared them yet, and a server may take over while they poll. So nobody can claim before it was compared.

create table comparison (
    single       boolean     primary key default true check (single),
    incarnation  text        not null,
    compared_at  timestamptz not null,
    skipped      boolean     not null
);
comment on table comparison is 'Whether this PostgreSQL was compared with Kafka since it came up: one row.';
comment on column comparison.single is 'There is no other row.';
comment on column comparison.incarnation is 'What was compared.';
comment on column comparison.compared_at is 'The database''s clock when it was compared.';
comment on column comparison.skipped is 'Kafka was not there: polling goes on without.';

create function incarnation() returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    select format('%s/%s/%s', database_id(), 'job_history'::regclass::oid, extract(epoch from pg_postmaster_start_time()))
$$;
comment on function incarnation is
    'What is another one after a restore of whatever kind, and after another server took over: the database, its table, and when its server came up.';

create function is_compared() returns boolean
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select exists (select from comparison where incarnation = incarnation())
$$;
comment on function is_compared is 'True where this PostgreSQL was compared with Kafka since it came up.';

create function note_comparison(p_skipped boolean) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into comparison values (true, incarnation(), clock_timestamp(), p_skipped)
    on conflict (single) do update
    set incarnation = excluded.incarnation, compared_at = excluded.compared_at, skipped = excluded.skipped
    where not excluded.skipped or comparison.incarnation <> excluded.incarnation
$$;
comment on function note_comparison is 'Notes that PostgreSQL was compared with Kafka, or that nobody waits for that any longer.';

create function compared() returns void
    language sql security definer set search_path = jobtrail, pg_temp
return note_comparison(false);
comment on function compared is 'PostgreSQL was compared with Kafka: from now on organizations can be claimed.';

create function go_on_uncompared() returns void
    language sql security definer set search_path = jobtrail, pg_temp
return note_comparison(true);
comment on function go_on_uncompared is 'Kafka is not there for so long that polling goes on: what was set back is found out later.';

create or replace function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, content_digest text,
                   list_digest text, jobs integer, has_jobs boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
#variable_conflict use_column
declare
    claimed text[];
    last    bigint;
begin
    perform durable();
    if not is_compared() then
        raise exception 'nothing is recorded: PostgreSQL came up, or was restored, and has not been compared with Kafka yet'
            using errcode = 'JT006';
    end if;

    -- In order of the ids: two instances that claim the same organizations wait for each other, and do not deadlock. A
    -- history that was set back is not continued: its numbers are taken, and the rows can still be had from the topic.
    with taken as (
        insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
        select id, p_source, name, 1, clock_timestamp()
        from json_to_recordset(p_organizations) as polled (id text, name text)
        where not exists (
            select from publication
            where publication.organization_id = polled.id and publication.halted_by = 'database-set-back')
        order by id collate "C"
        on conflict (organization_id) do update
        set claimed_poll = h.claimed_poll + 1,
            claimed_at = greatest(clock_timestamp(), h.last_observed_at),
            organization_name = excluded.organization_name
        where h.source = excluded.source
        returning h.organization_id
    )
    select array_agg(organization_id) into claimed from taken;

    -- A suspicion grows only while every poll sees the same: one attempt that did not, or a time in which nobody looked, and
    -- waiting starts anew.
    select last_attempt into last from source_head where source = p_source;
    update job_list list
    set suspect_digest = null, suspect_since = null, suspect_seen = null, suspect_attempt = null
    from organization_head head
    where list.organization_id = any (claimed) and list.job_type = p_job_type and list.suspect_digest is not null
        and head.organization_id = list.organization_id
        and (list.suspect_attempt < last - 1 or list.suspect_seen < head.claimed_at - p_patience);

    -- A statement of its own, so that it sees what the last holder of each organization committed.
    return query
        select head.organization_id, head.claimed_poll, iso(head.claimed_at), head.epoch, head.last_seq,
            coalesce(list.recorded_poll, 0) = 0, list.suspect_digest, iso(list.suspect_since), list.accepted_digest,
            encode(list.content_digest, 'hex'), list.list_digest, list.jobs,
            p_job_type = 'copy' and exists (
                select from job_state state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join job_list list on list.organization_id = head.organization_id and list.job_type = p_job_type
        where head.organization_id = any (claimed);
end $$;

create or replace function record_polls(p_attempt bigint, p_portions json, p_changes json, p_payloads text[], p_raws text[], p_states json,
                             p_snapshots text[], p_touched json, p_rejected json)
    returns table (organization_id text, superseded boolean, last_seq bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
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

-- The program of before, which may go on to run beside this one, compares as it starts and tells nobody: it is not refused meanwhile.
select note_comparison(true) from organization_head limit 1;
