-- What makes a poll cheap where little happens, and possible where much does: a list that is the one that was recorded last costs
-- one comparison, and a large one is recorded portion by portion.

-- Its body is stable, and as long as it said immutable, it was not inlined: a row took twice the time to hash. The database is
-- encoded in UTF8, so the text has as many octets here as there.
create or replace function length_prefixed(field text) returns bytea
    language sql stable parallel safe
return case
    when field is null then '\xffffffff'::bytea
    else int4send(octet_length(field)) || convert_to(field, 'UTF8')
end;

alter table job_list add column content_digest bytea, add column list_digest text, add column jobs integer;
comment on column job_list.content_digest is
    'Equal for lists that say the same. Null where the same list once more would say more: a job is absent, an element is unreadable, or a claim was taken for something else than a poll.';
comment on column job_list.list_digest is 'Equal for lists of the same jobs: what the receipts are made with.';
comment on column job_list.jobs is 'How many jobs stood in the list that was recorded last.';
comment on column job_list.recorded_poll is 'The last poll that recorded this list; 0 where none did. One that says nothing new is not recorded.';
comment on column organization_head.recorded_poll is
    'The last poll that recorded, of whichever list. One that says nothing new is not recorded.';

create function forget_lists(p_organization_id text) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    update job_list set content_digest = null where organization_id = p_organization_id and content_digest is not null
$$;
comment on function forget_lists is
    'Has the next poll compare an organization''s jobs one by one: somebody else than a poll is about to change what is known of them.';

drop function claim_poll(text, text, text, text, interval);
drop function claim_polls(text, json, text, interval);
create function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, content_digest text,
                   list_digest text, jobs integer, has_jobs boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    claimed text[];
    last    bigint;
begin
    perform durable();

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
comment on function claim_polls is
    'Takes the right to record the next poll of many organizations at once, of one of their lists; those that belong to another source, or whose history was set back, are left out. Whoever claimed before can no longer record: a fencing token. A suspicion that nobody has seen for p_patience is forgotten.';

create function claim_poll(p_source text, p_organization_id text, p_organization_name text, p_job_type text, p_patience interval)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean,
                   suspect_digest text, suspect_since text, accepted_digest text, content_digest text, list_digest text,
                   jobs integer)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    reason text;
begin
    return query
        select claimed_poll, observed_at, epoch, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest,
            content_digest, list_digest, jobs
        from claim_polls(
            p_source, json_build_array(json_build_object('id', p_organization_id, 'name', p_organization_name)), p_job_type,
            p_patience);
    if not found then
        select halted into reason from publication
        where organization_id = p_organization_id and halted_by = 'database-set-back';
        if reason is not null then
            raise exception 'nothing is recorded: %', reason using errcode = 'JT006';
        end if;
        raise exception 'organization % is presented by source % but belongs to source %: remove one of the two sources, or exclude the organization from one of them',
            p_organization_id, p_source, (select source from organization_head where organization_id = p_organization_id)
            using errcode = 'JT001';
    end if;
end $$;
comment on function claim_poll is
    'Takes the right to record an organization''s next poll, of one of its lists. Whoever claimed before can no longer record: a fencing token.';

drop function record_poll(text, text, bigint, bigint, json, json, json, json, text);
create function record_poll(p_organization_id text, p_job_type text, p_claim bigint, p_after bigint, p_attempt bigint,
                            p_changes json, p_states json, p_touched json, p_rejected json, p_suspect_digest text, p_list json)
    returns table (superseded boolean, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
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
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), p_attempt, p_changes);

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
    'Appends a portion of what a poll found of one list, in one statement: lock, fence, number, chain, append, state, head, notify; once, however often it is sent. p_after is the row that it follows. p_list comes with the last portion and says what list it was. Sets the list''s suspicion only, where p_suspect_digest is given with no changes.';

drop function settle_poll(text, text, bigint);
create function settle_poll(p_organization_id text, p_job_type text, p_claim bigint, p_after bigint)
    returns table (recorded boolean, claimed_poll bigint, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head organization_head;
    done bigint;
begin
    perform durable();
    -- Waits for a backend that is still recording this very poll: a plain read would race with it.
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    select recorded_poll into done from job_list where organization_id = p_organization_id and job_type = p_job_type;
    if done = p_claim or head.claimed_poll = p_claim and head.last_seq > p_after then
        return query select true, p_claim, head.last_seq;
    elsif head.claimed_poll = p_claim then
        -- The new claim keeps out a statement that is still on its way. Nobody has polled since, so what was compared still
        -- holds, and claimed_at stays: it is when the list was claimed that is to be recorded.
        update organization_head set claimed_poll = p_claim + 1 where organization_id = p_organization_id;
        return query select false, p_claim + 1, head.last_seq;
    else
        return query select false, null::bigint, head.last_seq;
    end if;
end $$;
comment on function settle_poll is
    'Tells whether a portion of a poll was recorded of which the answer was lost. If not, takes a new claim to record it with; null where somebody else has claimed.';

create or replace function claim_erasure(p_organization_id text, p_job_type text, p_job_id text)
    returns table (claimed_poll bigint, observed_at text, source text, organization_name text, job_type text, job_id text,
                   api_version text, present boolean, erased boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head  organization_head;
    state job_state;
    types text;
    kind  text;
begin
    perform durable();
    select * into head from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    select string_agg(known.job_type, ' and ' order by known.job_type) into types from job_state known
    where known.organization_id = p_organization_id and known.job_id = p_job_id
        and known.job_type = coalesce(p_job_type, known.job_type);
    if types is null then
        raise exception 'organization % has no % job %', p_organization_id, coalesce(p_job_type, 'backup or copy'), p_job_id
            using errcode = 'JT005';
    elsif types like '% and %' then
        raise exception 'organization % has a % job %: say which one is meant', p_organization_id, types, p_job_id
            using errcode = 'JT005';
    end if;
    select * into strict state from job_state known
    where known.organization_id = p_organization_id and known.job_id = p_job_id and known.job_type = types;
    select line.change_kind into strict kind
    from (table job_history union all table sealed_row) line
    where line.organization_id = p_organization_id and line.seq = state.last_seq;
    if kind <> 'erased' then
        if state.last_seq > coalesce(
            (select published_seq from publication where organization_id = p_organization_id and halted is null), 0) then
            raise exception 'row % of job % is not published yet: what the topic gets must be what was recorded',
                state.last_seq, p_job_id using errcode = 'JT005';
        end if;
        update organization_head known
        set claimed_poll = known.claimed_poll + 1, claimed_at = greatest(clock_timestamp(), known.last_observed_at)
        where known.organization_id = p_organization_id
        returning * into head;
        perform forget_lists(p_organization_id);
    end if;
    return query select head.claimed_poll, iso(head.claimed_at), head.source, head.organization_name, state.job_type,
        state.job_id, state.api_version, not state.missing, kind = 'erased';
end $$;

create or replace function lock_for_recovery(p_organization_id text, p_source text) returns organization_head
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head organization_head;
begin
    if not exists (select from organization_head where organization_id = p_organization_id) then
        if p_source is null then
            raise exception 'organization % has no history, and nothing on Kafka says whose it is', p_organization_id
                using errcode = 'JT005';
        end if;
        insert into organization_head (organization_id, source, claimed_at)
        values (p_organization_id, p_source, clock_timestamp())
        on conflict do nothing;
    end if;
    -- Whoever has claimed before records nothing: what it compared with was another history.
    update organization_head
    set claimed_poll = claimed_poll + 1, claimed_at = greatest(clock_timestamp(), last_observed_at)
    where organization_id = p_organization_id
    returning * into head;
    perform forget_lists(p_organization_id);
    return head;
end $$;
