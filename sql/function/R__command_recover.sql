-- recover: rows that PostgreSQL lost come back from the topic, or an epoch begins.

create or replace function stage_events(p_events json) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    insert into recovered_event
    select organization_id, seq, decode(hash, 'hex'), line, digest, api_version
    from json_to_recordset(p_events) as event (
        organization_id text, seq bigint, hash text, line json, digest text, api_version text)
    on conflict do nothing
$$;
comment on function stage_events is
    'Puts aside what was read from the topic.';

create or replace function stage_states(p_states json) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    delete from left_behind_state known
    using json_to_recordset(p_states) as state (organization_id text, job_type text, job_id text)
    where known.organization_id = state.organization_id and known.job_type = state.job_type and known.job_id = state.job_id;
    insert into left_behind_state
    select organization_id, job_type, job_id, source, seq, observed_at, decode(hash, 'hex')
    from json_to_recordset(p_states) as state (
        organization_id text, job_type text, job_id text, source text, seq bigint, observed_at timestamptz, hash text, present boolean)
    where present and not exists (
        select from known_job known
        where known.organization_id = state.organization_id and known.job_type = state.job_type and known.job_id = state.job_id)
$$;
comment on function stage_states is
    'Puts aside which states the topic has of jobs that the database does not know; each key once, and the later call counts.';

create or replace function clear_events() returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    delete from recovered_event
$$;
comment on function clear_events is
    'Forgets what was put aside.';

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
comment on function lock_for_recovery is
    'Locks an organization''s head and takes the claim; a lost one is made anew.';

-- What was last seen of a job may be in a row that retain has removed and sealed.
create or replace function shown_version(p_organization_id text, p_job_type text, p_job_id text, p_seq bigint) returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    -- Within a text, a quote has a backslash before it: only a member's name is followed by one without.
    select substring(shown.payload from '"apiVersion":"(v[0-9]+)"') from (table job_history union all table sealed_row) shown
    where shown.organization_id = p_organization_id and shown.job_type = p_job_type and shown.job_id = p_job_id
        and shown.seq < p_seq and shown.change_kind not in ('missing', 'erased') and shown.payload is not null
    order by shown.seq desc limit 1
$$;
comment on function shown_version is
    'The version of the API in which a job was last told before a row, where the history still says it.';

create or replace function told_organization_name(p_payload text) returns text
    language plpgsql immutable parallel safe set search_path = jobtrail, pg_temp as $$
begin
    return p_payload::json #>> '{organization,name}';
exception
    -- Some member of the event is a text that PostgreSQL cannot hold: U+0000, or half of a surrogate pair.
    when untranslatable_character or invalid_text_representation then
        return null;
end $$;
comment on function told_organization_name is
    'The name of the organization in an event; null where it cannot be had.';

create or replace function recover_from_topic(p_organization_id text, p_source text, p_cursor_seq bigint, p_whole_after bigint,
    p_identity json)
    returns table (restored bigint, last_seq bigint, last_hash text, source text, epoch integer, database_id text, gone bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    otherwise    text;
    topic_seq    bigint;
    topic_hash   bytea;
    wrong        bigint;
    left_behind  int8multirange := left_behind(p_organization_id);
    erased       record;
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    head := lock_for_recovery(
        p_organization_id,
        coalesce(p_source, (select min(line ->> 'source') from recovered_event where organization_id = p_organization_id)));
    -- What is refused here, the other way must take: neither of the two takes every halt.
    select published_seq,
        case when halted_by in ('database-set-back', 'histories-differ') then 'run recover --new-epoch'
            else 'run republish --to a new topic' end
    into acknowledged, otherwise from publication where organization_id = p_organization_id;
    acknowledged := greatest(acknowledged, p_cursor_seq, 0);
    otherwise := coalesce(otherwise, 'run recover --new-epoch');

    select seq, hash into topic_seq, topic_hash from recovered_event
    where organization_id = p_organization_id order by seq desc limit 1;
    if coalesce(topic_seq, 0) < acknowledged then
        raise exception 'the topic holds organization % up to row % only, row % was acknowledged: %',
            p_organization_id, coalesce(topic_seq, 0), acknowledged, otherwise using errcode = 'JT005';
    end if;

    -- Whatever both have must be the same, but for what a new epoch left behind.
    select min(event.seq) into wrong
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id and event.seq <= head.last_seq
        and coalesce(line.hash, sealed.hash) <> event.hash and not left_behind @> event.seq;
    if wrong is not null then
        raise exception 'row % of organization % is another one on the topic: the histories differ; %',
            wrong, p_organization_id, otherwise using errcode = 'JT005';
    end if;

    -- And what the topic has besides must go on where the history ends, row by row, with the hashes that it says.
    with missing as (
        select event.seq, event.hash, history as line
        from recovered_event event cross join lateral json_populate_record(null::job_history, event.line) history
        where event.organization_id = p_organization_id and event.seq > head.last_seq
    ), chained as (
        select seq, hash, (line).prev_hash as prev_hash, head.last_seq + row_number() over by_seq as expected,
            chain(head.last_hash, 'jobtrail/job_history/1', job_history_item(line)) over by_seq as computed,
            lag(hash, 1, head.last_hash) over (order by seq) as before
        from missing
        window by_seq as (order by seq rows unbounded preceding)
    )
    select least(min(expected) filter (where seq <> expected),
            min(seq) filter (where hash is distinct from computed or prev_hash is distinct from before))
    into wrong from chained;
    if wrong is not null then
        raise exception 'row % of organization % cannot be restored: the topic does not have it as it was recorded; %',
            wrong, p_organization_id, otherwise using errcode = 'JT005';
    end if;

    -- What the history has and the topic has not would stay away for good: its consumers never learn of it. Where the topic has
    -- rows that the history has lost, those come first: republish could not publish them.
    select min(line.seq) into gone
    from job_history line
    where line.organization_id = p_organization_id and line.seq > p_whole_after
        and line.seq <= least(coalesce(topic_seq, 0), head.last_seq) and not left_behind @> line.seq
        and not exists (
            select from recovered_event event where event.organization_id = p_organization_id and event.seq = line.seq);
    if gone is not null and topic_seq <= head.last_seq then
        raise exception 'row % of organization % is not on the topic: run republish --to a new topic', gone, p_organization_id
            using errcode = 'JT005';
    end if;

    insert into lawful_change values (pg_current_xact_id(), 'erase');
    insert into job_history
    select history.* from recovered_event event cross join lateral json_populate_record(null::job_history, event.line) history
    where event.organization_id = p_organization_id and event.seq > head.last_seq order by event.seq;
    get diagnostics restored = row_count;

    for erased in
        select job_type, job_id, max(seq) as seq from job_history
        where organization_id = p_organization_id and seq > head.last_seq and change_kind = 'erased'
        group by job_type, job_id order by 3
    loop
        perform forget_erased(p_organization_id, erased.job_type, erased.job_id, erased.seq);
    end loop;
    delete from lawful_change where transaction_id = pg_current_xact_id();

    insert into known_job as state
        (organization_id, job_type, job_id, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select distinct on (line.job_type, line.job_id) p_organization_id, line.job_type, line.job_id,
        coalesce(decode(event.digest, 'hex'), sha256('{}')), decode(repeat('00', 32), 'hex'),
        case when line.change_kind = 'missing'
            then coalesce(shown_version(line.organization_id, line.job_type, line.job_id, line.seq), (
                select known.api_version from known_job known
                where known.organization_id = line.organization_id and known.job_type = line.job_type and known.job_id = line.job_id
            ), event.api_version)
            else event.api_version end,
        case when line.change_kind = 'erased' then coalesce(position('"present":true' in line.payload) = 0, false)
            else line.change_kind = 'missing' end,
        0, line.seq
    from job_history line join recovered_event event using (organization_id, seq, hash)
    where line.organization_id = p_organization_id and line.seq > head.last_seq
    order by line.job_type, line.job_id, line.seq desc
    on conflict (organization_id, job_type, job_id) do update
    set digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0, last_seq = excluded.last_seq;

    if restored > 0 then
        update organization_head known
        set last_seq = line.seq, last_hash = line.hash, last_observed_at = line.observed_at, epoch = line.epoch,
            claimed_at = greatest(known.claimed_at, line.observed_at),
            organization_name = coalesce(known.organization_name, told_organization_name(line.payload))
        from job_history line
        where known.organization_id = p_organization_id and line.organization_id = p_organization_id and line.seq = topic_seq;
        -- Whose first poll it was is known: it is not the first again.
        insert into job_list as list (organization_id, job_type, recorded_poll)
        select distinct p_organization_id, line.job_type, head.claimed_poll from job_history line
        where line.organization_id = p_organization_id and line.seq > head.last_seq
        on conflict (organization_id, job_type) do update set recorded_poll = greatest(list.recorded_poll, excluded.recorded_poll);
        insert into source_head as known (source, last_attempt)
        select line.source, max(line.attempt) from job_history line
        where line.organization_id = p_organization_id and line.seq > head.last_seq group by line.source
        on conflict (source) do update set last_attempt = greatest(known.last_attempt, excluded.last_attempt);
        perform append_note(
            'recovery', p_organization_id,
            format('rows %s to %s of organization %s were restored from the topic, without the texts that the server sent',
                head.last_seq + 1, topic_seq, p_organization_id),
            json_build_object(
                'organizationId', p_organization_id, 'firstSeq', head.last_seq + 1, 'lastSeq', topic_seq,
                'lastHash', encode(topic_hash, 'hex'), 'rows', restored)::text);
    end if;
    perform resolve_publication(
        p_organization_id, coalesce(topic_seq, 0), coalesce(topic_hash, decode(repeat('00', 32), 'hex')), kafka);
    return query
        select restored, coalesce(topic_seq, 0), encode(coalesce(topic_hash, decode(repeat('00', 32), 'hex')), 'hex'),
            known.source, known.epoch, database_id(), gone
        from organization_head known where known.organization_id = p_organization_id;
end $$;
comment on function recover_from_topic is
    'Takes over from the topic the rows that the history has lost, after all that both have was found to be the same, and goes on from there.';

create or replace function note_lost_evidence(p_checkpoint bigint, p_ranges text, p_lost json) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select durable();
    select append_note(
        'recovery', null,
        format('checkpoints up to %s know of what was lost with a database, and nowhere to be had back: %s', p_checkpoint,
            p_ranges),
        json_build_object('checkpoint', p_checkpoint, 'lost', p_lost)::text)
$$;
comment on function note_lost_evidence is
    'Says which receipts and notes a database that was set back has lost.';

create or replace function claim_epoch(p_organization_id text, p_source text)
    returns table (claimed_poll bigint, observed_at text, source text, organization_name text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    head organization_head;
begin
    perform durable();
    head := lock_for_recovery(p_organization_id, p_source);
    return query select head.claimed_poll, iso(head.claimed_at), head.source, head.organization_name;
end $$;
comment on function claim_epoch is
    'Takes the right to begin an organization''s next epoch.';

create or replace function erased_on_topic(p_organization_id text, p_seq bigint, p_hash text)
    returns table (job_type text, job_id text)
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
create or replace function tell_anew(p_organization_id text, p_claim bigint, p_changes json) returns void
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_hashjoin = off
        set enable_mergejoin = off as $$
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
    update known_job state
    set last_seq = told.seq
    from told
    where state.organization_id = p_organization_id and state.job_type = told.job_type and state.job_id = told.job_id;

    insert into lawful_change values (pg_current_xact_id(), 'erase');
    for erased in
        select job_type, job_id, seq from job_history
        where organization_id = p_organization_id and seq > head.last_seq and change_kind = 'erased' order by seq
    loop
        perform forget_erased(p_organization_id, erased.job_type, erased.job_id, erased.seq);
        update known_job state
        set digest = sha256('{}'), raw_digest = decode(repeat('00', 32), 'hex')
        where state.organization_id = p_organization_id and state.job_type = erased.job_type and state.job_id = erased.job_id;
    end loop;
    delete from lawful_change where transaction_id = pg_current_xact_id();
end $$;
comment on function tell_anew is
    'Tells some of an organization''s jobs anew, in the transaction that has begun an epoch: as many at once as fit into memory. What it is told to say erased of is erased.';

create or replace function begin_epoch(p_organization_id text, p_claim bigint, p_topic_seq bigint, p_topic_hash text,
    p_topic_epoch integer, p_changes json, p_identity json)
    returns table (epoch integer, first_seq bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    forked       bigint;
    appended     record;
    left_behind  int8multirange := left_behind(p_organization_id);
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        raise exception 'organization % is polled at this moment: try again', p_organization_id using errcode = 'JT005';
    end if;

    -- The first row that is not the same on both sides; where the topic cannot be asked any more, the first that was not
    -- acknowledged.
    select min(event.seq) into forked
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id
        and (event.seq > head.last_seq or coalesce(line.hash, sealed.hash) <> event.hash)
        -- What an epoch before has left behind: all from there on would count as excused a second time.
        and not left_behind @> event.seq;
    select published_seq into acknowledged from publication where organization_id = p_organization_id;
    -- Of what the topic has lost below it, nobody can tell which history it was of.
    select least(forked, greatest(coalesce(max(event.seq), 0), coalesce(acknowledged, 0)) + 1) into forked
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id and (forked is null or event.seq < forked)
        and coalesce(line.hash, sealed.hash) = event.hash;

    update organization_head known
    set epoch = greatest(head.epoch, p_topic_epoch) + 1, last_seq = greatest(head.last_seq, p_topic_seq)
    where known.organization_id = p_organization_id;
    perform append_note(
        'epoch', p_organization_id,
        format('epoch %s of organization %s begins at row %s: its history ended at row %s, the topic has rows %s to %s of another one, which is left behind',
            greatest(head.epoch, p_topic_epoch) + 1, p_organization_id, greatest(head.last_seq, p_topic_seq) + 1, head.last_seq, forked, p_topic_seq),
        json_build_object(
            'organizationId', p_organization_id, 'epoch', greatest(head.epoch, p_topic_epoch) + 1,
            'firstSeq', greatest(head.last_seq, p_topic_seq) + 1, 'forkedSeq', forked, 'localSeq', head.last_seq,
            'localHash', encode(head.last_hash, 'hex'), 'topicSeq', p_topic_seq, 'topicHash', p_topic_hash)::text);

    select * into strict head from organization_head where organization_id = p_organization_id;
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    update known_job state
    set last_seq = line.seq
    from job_history line
    where state.organization_id = p_organization_id and line.organization_id = p_organization_id
        and line.seq > head.last_seq and line.job_type = state.job_type and line.job_id = state.job_id;
    perform resolve_publication(p_organization_id, p_topic_seq, decode(p_topic_hash, 'hex'), kafka);
    return query select head.epoch, head.last_seq + 1;
end $$;
comment on function begin_epoch is
    'Continues an organization''s history above the one that the topic has, tells all its jobs anew, and says so in a note.';
