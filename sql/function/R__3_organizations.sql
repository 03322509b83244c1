-- Which organizations are listed, and the claim of their polls: its number is the fencing token.

create or replace function longest_pause(p_source text, p_patience interval) returns interval
    language sql stable set search_path = jobtrail, pg_temp as $$
    select greatest(p_patience, p_patience / 2 + 2 * min(lasted)) from (
        select max(finished_at) - min(started_at) as lasted
        from poll_receipt join source_head using (source)
        where source = p_source and attempt between last_attempt - 2 and last_attempt - 1 group by attempt
    ) last_two
$$;
comment on function longest_pause is
    'How long nobody may look at a source without having looked away: two periods, or longer where attempts take longer and follow one another at once.';

create or replace function note_listed(p_source text, p_listed json, p_whole boolean, p_patience interval, p_suspect_for interval)
    returns table (organization_id text, believed boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_nestloop = off
        set enable_mergejoin = off as $$
#variable_conflict use_column
declare
    pause    interval := longest_pause(p_source, p_patience);
    told     text[];
    present  bigint;
    unlisted bigint;
    many     boolean;
begin
    perform durable();
    -- In order of the ids, as who records locks them. Whom somebody else holds locked is told of the next time.
    told := array(
        select head.organization_id from organization_head head
        where head.source = p_source and case
            when head.organization_id in (select id from json_array_elements_text(p_listed) as listed (id))
                then head.gone_since is not null or head.unlisted_since is not null
            else p_whole and head.gone_since is null
        end
        order by head.organization_id collate "C" for update skip locked);

    update organization_head head
    set gone_since = null, unlisted_since = null, unlisted_seen = null
    from json_array_elements_text(p_listed) as listed (id)
    where head.organization_id = listed.id and head.organization_id = any (told);
    if not p_whole then
        return;
    end if;

    -- Few that are gone are gone. Many at once, as many as would make a list of jobs suspect, are what an account sees that lost its
    -- rights, or a list that was cut off: that is believed where each list says so for long enough, without a time in which nobody looked.
    select count(*), count(*) filter (where listed.id is null) into present, unlisted
    from organization_head head left join json_array_elements_text(p_listed) as listed (id) on listed.id = head.organization_id
    where head.source = p_source and head.gone_since is null;
    many := json_array_length(p_listed) = 0 or unlisted > greatest(3, present * 0.3);
    return query
        with judged as (
            select organization_id, now, since, not many or since <= now - p_suspect_for as believed
            from (
                select organization_id, now,
                    -- Of a clock that was ahead, it would have to wait for that moment first.
                    case when unlisted_seen >= now - pause and unlisted_since <= now then unlisted_since else now end as since
                from organization_head, clock_timestamp() now
                where source = p_source and gone_since is null
            ) one
            where not exists (select from json_array_elements_text(p_listed) as listed (id) where id = organization_id)
        ), noted as (
            update organization_head head
            set gone_since = case when believed then now end,
                unlisted_since = case when not believed then since end,
                unlisted_seen = case when not believed then now end
            from judged where head.organization_id = judged.organization_id and head.organization_id = any (told)
            returning head.organization_id, believed
        )
        select organization_id, true from noted where believed
        union all
        select organization_id, false from judged where not believed;
end $$;
comment on function note_listed(text, json, boolean, interval, interval) is
    'Takes note of which organizations of a source are listed. Yields those that were before and are not now, and whether that is believed: not where many are gone at once, until each list has said so for p_suspect_for. Where the list is not whole, it says only who is there.';

create or replace function note_listed(p_source text, p_listed json, p_whole boolean) returns table (organization_id text)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select organization_id from note_listed(p_source, p_listed, p_whole, '2 minutes', '0')
$$;
comment on function note_listed(text, json, boolean) is
    'The same for the program of before, which may run beside this one, and believes whatever is listed.';

create or replace function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval,
    p_also_locked boolean)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
        first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, content_digest text, list_digest text,
        jobs integer, has_jobs boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_seqscan = off set enable_hashjoin = off
        set enable_mergejoin = off set enable_material = off as $$
#variable_conflict use_column
declare
    known    text[] := array(
        select id
        from json_to_recordset(p_organizations) as polled (id text)
        cross join lateral (select from organization_head where organization_id = id offset 0) head
        order by id collate "C");
    own      text[] := array(
        select id from unnest(known) id
        cross join lateral (select from organization_head where organization_id = id and source = p_source offset 0) head);
    free     text[];
    claimed  text[];
    last     bigint;
    patience text := current_setting('lock_timeout');
begin
    perform durable();
    if not is_compared() then
        raise exception 'nothing is recorded: PostgreSQL came up, or was restored, and has not been compared with Kafka yet'
            using errcode = 'JT006';
    end if;

    -- All of them, also those of another source, in order of the ids: two that claim the same organizations wait for each other, and do
    -- not deadlock. Where somebody holds one of them for long, it is left out, without waiting for any other: it costs nobody but itself.
    begin
        perform set_config('lock_timeout', '2s', true);
        perform from unnest(known) id
        cross join lateral (select from organization_head where organization_id = id for update) head;
        perform set_config('lock_timeout', patience, true);
        free := known;
    exception when lock_not_available then
        free := array(
            select id from unnest(known) id
            cross join lateral (select from organization_head where organization_id = id for update skip locked) head);
    end;

    -- A history that was set back is not continued: its numbers are taken, and the rows can still be had from the topic.
    with taken as (
        insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
        select id, p_source, name, 1, clock_timestamp()
        from json_to_recordset(p_organizations) as polled (id text, name text)
        where not exists (
            select from publication
            where publication.organization_id = polled.id and publication.halted_by = 'database-set-back')
            and (id = any (own) and id = any (free) or id <> all (known))
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
        and (
            list.suspect_seen < head.claimed_at - longest_pause(p_source, p_patience)
            -- Of a clock that was ahead, it would have to wait for that moment first.
            or list.suspect_since > head.claimed_at
            or exists (
                select from poll_receipt ended
                where ended.source = p_source and ended.started_at > list.suspect_seen
                    and ended.attempt > list.suspect_attempt and ended.attempt < last));

    -- A statement of its own, so that it sees what the last holder of each organization committed.
    return query
        select head.organization_id, case when head.organization_id = any (claimed) then head.claimed_poll end,
            iso(head.claimed_at), head.epoch, head.last_seq,
            coalesce(list.recorded_poll, 0) = 0, list.suspect_digest, iso(list.suspect_since), list.accepted_digest,
            encode(list.content_digest, 'hex'), list.list_digest, list.jobs,
            p_job_type = 'copy' and exists (
                select from known_job state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join job_list list on list.organization_id = head.organization_id and list.job_type = p_job_type
        where head.organization_id = any (case when p_also_locked
            then claimed || array(select id from unnest(own) id where id <> all (free)) else claimed end);
end $$;
comment on function claim_polls(text, json, text, interval, boolean) is
    'Takes the right to record the next poll of many organizations at once, of one of their lists; those that belong to another source, or whose history was set back, are left out; those that somebody else holds locked for long come without a claim, or not at all. Whoever claimed before can no longer record: a fencing token. A suspicion that nobody has seen for p_patience is forgotten.';

create or replace function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
        first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, content_digest text, list_digest text,
        jobs integer, has_jobs boolean)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select * from claim_polls(p_source, p_organizations, p_job_type, p_patience, false)
$$;
comment on function claim_polls(text, json, text, interval) is
    'Claims without those that somebody else holds locked: for the program of before, which may run beside this one.';

create or replace function claim_poll(p_source text, p_organization_id text, p_organization_name text, p_job_type text,
    p_patience interval)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean, suspect_digest text,
        suspect_since text, accepted_digest text, content_digest text, list_digest text, jobs integer)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    reason text;
begin
    -- Waits as long as whoever asks is ready to, and says that it was locked.
    perform from organization_head where organization_id = p_organization_id for update;
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

create or replace function settle_poll(p_organization_id text, p_job_type text, p_claim bigint, p_after bigint)
    returns table (recorded boolean, claimed_poll bigint, last_seq bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
