-- Copy jobs are a list of their own: what was known of the one list of an organization is now known of each of its lists.

create table job_list (
    organization_id text   not null,
    job_type        text   not null,
    recorded_poll   bigint not null default 0,
    suspect_digest  text,
    suspect_since   timestamptz,
    suspect_attempt bigint,
    constraint job_list_once primary key (organization_id, job_type)
) with (fillfactor = 50);

comment on table job_list is 'The job lists of each organization, backup and copy: each is judged by itself.';
comment on column job_list.organization_id is 'The organization''s id in VB365.';
comment on column job_list.job_type is 'backup or copy: the jobs that stand in the list.';
comment on column job_list.recorded_poll is 'The last poll that recorded this list; 0 where none did.';
comment on column job_list.suspect_digest is 'The implausibly reduced list that is being watched, if any.';
comment on column job_list.suspect_since is 'Since when every poll has read that same reduced list.';
comment on column job_list.suspect_attempt is 'The last attempt that read it: after one that did not, waiting starts anew.';

insert into job_list (organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_attempt)
select organization_id, 'backup', recorded_poll, suspect_digest, suspect_since, suspect_attempt
from organization_head
where recorded_poll > 0;

alter table organization_head drop column suspect_digest, drop column suspect_since, drop column suspect_attempt;
comment on column organization_head.recorded_poll is 'The last poll that recorded, of whichever list.';

-- An element of a whole source's list may be nobody's: attempts are numbered per source, so its row names the source.
alter table rejected_job add column source text;
update rejected_job
set source = coalesce((select source from organization_head head where head.organization_id = rejected_job.organization_id), '');
alter table rejected_job
    alter column source set not null,
    drop constraint rejected_job_once,
    add constraint rejected_job_once primary key (source, organization_id, job_type, digest);
comment on column rejected_job.source is 'The configured source, source.<name>, whose list it was.';
comment on column rejected_job.organization_id is
    'The organization in whose list it stood; empty where the list is the whole source''s and the element does not tell.';

create function keep_rejected(p_source text, p_organization_id text, p_attempt bigint, p_seen timestamptz, p_rejected json)
    returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into rejected_job
        (source, organization_id, job_type, digest, reason, raw, first_attempt, last_attempt, first_seen, last_seen)
    select distinct on (job_type, digest) p_source, p_organization_id, job_type, decode(digest, 'hex'), reason, raw,
        p_attempt, p_attempt, p_seen, p_seen
    from json_to_recordset(p_rejected) as rejected (job_type text, digest text, reason text, raw text)
    order by job_type, digest
    on conflict (source, organization_id, job_type, digest) do update
    set reason = excluded.reason, last_attempt = excluded.last_attempt, last_seen = excluded.last_seen
$$;
comment on function keep_rejected is 'Keeps list elements that could not be read, each once.';

create function claim_polls(p_source text, p_organizations json, p_job_type text)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, has_jobs boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    claimed text[];
    last    bigint;
begin
    perform set_config('synchronous_commit', 'on', true);

    -- In order of the ids: two instances that claim the same organizations wait for each other, and do not deadlock.
    with taken as (
        insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
        select id, p_source, name, 1, clock_timestamp()
        from json_to_recordset(p_organizations) as polled (id text, name text)
        order by id collate "C"
        on conflict (organization_id) do update
        set claimed_poll = h.claimed_poll + 1,
            claimed_at = greatest(clock_timestamp(), h.last_observed_at),
            organization_name = excluded.organization_name
        where h.source = excluded.source
        returning h.organization_id
    )
    select array_agg(organization_id) into claimed from taken;

    -- A statement of its own, so that it sees what the last holder of each organization committed. A suspicion grows only
    -- while every poll sees the same: one attempt that did not, and waiting starts anew.
    select last_attempt into last from source_head where source = p_source;
    return query
        select head.organization_id, head.claimed_poll, iso(head.claimed_at), head.epoch, head.last_seq,
            coalesce(list.recorded_poll, 0) = 0,
            case when list.suspect_attempt < last - 1 then null else list.suspect_digest end,
            case when list.suspect_attempt < last - 1 then null else iso(list.suspect_since) end,
            exists (
                select from job_state state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join job_list list on list.organization_id = head.organization_id and list.job_type = p_job_type
        where head.organization_id = any (claimed);
end $$;
comment on function claim_polls is
    'Takes the right to record the next poll of many organizations at once, of one of their lists; those that belong to another source are left out. Whoever claimed before can no longer record: a fencing token.';

drop function claim_poll(text, text, text);
create function claim_poll(p_source text, p_organization_id text, p_organization_name text, p_job_type text)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean,
                   suspect_digest text, suspect_since text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    return query
        select claimed_poll, observed_at, epoch, last_seq, first_poll, suspect_digest, suspect_since
        from claim_polls(
            p_source, json_build_array(json_build_object('id', p_organization_id, 'name', p_organization_name)), p_job_type);
    if not found then
        raise exception 'organization % is presented by source % but belongs to source %: remove one of the two sources, or exclude the organization from one of them',
            p_organization_id, p_source, (select source from organization_head where organization_id = p_organization_id)
            using errcode = 'JT001';
    end if;
end $$;
comment on function claim_poll is
    'Takes the right to record an organization''s next poll, of one of its lists. Whoever claimed before can no longer record: a fencing token.';

drop function record_poll(text, bigint, bigint, json, json, json, json, text);
create function record_poll(p_organization_id text, p_job_type text, p_claim bigint, p_attempt bigint, p_changes json,
                            p_states json, p_touched json, p_rejected json, p_suspect_digest text)
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

    perform keep_rejected(head.source, p_organization_id, p_attempt, head.claimed_at, p_rejected);

    update organization_head
    set last_seq = coalesce(written.seq, head.last_seq),
        last_hash = coalesce(written.hash, head.last_hash),
        last_observed_at = case when written.seq is null then head.last_observed_at else head.claimed_at end,
        recorded_poll = case when p_suspect_digest is null then p_claim else head.recorded_poll end
    where organization_id = p_organization_id;

    insert into job_list as list
        (organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_attempt)
    values (p_organization_id, p_job_type, case when p_suspect_digest is null then p_claim else 0 end, p_suspect_digest,
        case when p_suspect_digest is not null then head.claimed_at end,
        case when p_suspect_digest is not null then p_attempt end)
    on conflict (organization_id, job_type) do update
    set recorded_poll = case when p_suspect_digest is null then p_claim else list.recorded_poll end,
        suspect_digest = excluded.suspect_digest,
        suspect_attempt = excluded.suspect_attempt,
        suspect_since = case
            when p_suspect_digest = list.suspect_digest and p_attempt = list.suspect_attempt + 1 then list.suspect_since
            else excluded.suspect_since
        end;

    if written.seq is not null then
        perform pg_notify('jobtrail', '');
    end if;
    return query select false, coalesce(written.seq, head.last_seq);
end $$;
comment on function record_poll is
    'Appends what a poll found of one list, in one statement: lock, fence, number, chain, append, state, head, list, notify. Sets the list''s suspicion only, where p_suspect_digest is given with no changes.';

comment on column poll_receipt.jobs is 'How many jobs were read, backup and copy.';
comment on column poll_receipt.not_complete is
    'JSON array of the lists that were not COMPLETE: organizationId, jobType, outcome, reason. Without organizationId: the list of the whole source.';

create or replace view report.coverage as
with complete as (
    select receipt.source, listed.organization_id, receipt.started_at, receipt.period
    from jobtrail.poll_receipt receipt
    join jobtrail.organization_list list on list.digest = receipt.organization_digest
    cross join lateral unnest(list.organization_ids) as listed (organization_id)
    where not exists (
        -- An entry that names no organization is about a list of them all.
        select from json_array_elements(receipt.not_complete::json) as other
        where coalesce(other ->> 'organizationId', listed.organization_id) = listed.organization_id
    )
), neighbours as (
    select *, lead(started_at) over (partition by organization_id order by started_at) as next_at from complete
)
select source, organization_id, started_at as from_time, next_at as to_time, next_at - started_at <= 2 * period as covered
from neighbours
where next_at is not null;
comment on view report.coverage is
    'The time between each two complete polls of an organization, of all its lists: covered where they were at most two periods apart.';
