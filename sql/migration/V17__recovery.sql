-- What an operator can do where PostgreSQL and Kafka contradict each other. Nothing of it happens by itself, and each leaves a note.

comment on column ledger_note.kind is 'seal, erasure, suspicion-accepted, recovery, epoch or republication.';

create unlogged table recovered_event (
    organization_id text    not null,
    seq             bigint  not null,
    hash            bytea   not null,
    line            json,
    snapshot        text,
    digest          text,
    api_version     text,
    constraint recovered_event_once primary key (organization_id, seq, hash)
);
comment on table recovered_event is 'What recover has read from the topic; empty but while it runs.';
comment on column recovered_event.organization_id is 'The organization that the event tells.';
comment on column recovered_event.seq is 'ce_sequence.';
comment on column recovered_event.hash is 'ce_id: the hash of its row.';
comment on column recovered_event.line is 'The row, from headers and payload; null where the history has one of that number.';
comment on column recovered_event.snapshot is 'The snapshot that the row leaves behind; null where it leaves none.';
comment on column recovered_event.digest is 'The digest of that snapshot as it is compared.';
comment on column recovered_event.api_version is 'The version of the API that it was read with.';

create function stage_events(p_events json) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into recovered_event
    select organization_id, seq, decode(hash, 'hex'), line, snapshot, digest, api_version
    from json_to_recordset(p_events) as event (
        organization_id text, seq bigint, hash text, line json, snapshot text, digest text, api_version text)
    on conflict do nothing
$$;
comment on function stage_events is 'Puts aside what was read from the topic.';

create function clear_events() returns void
    language sql set search_path = jobtrail, pg_temp as $$
    delete from recovered_event
$$;
comment on function clear_events is 'Forgets what was put aside.';

create function resolve_publication(p_organization_id text, p_seq bigint, p_hash bytea, kafka publication_identity) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    -- The states have to be written again: those on the topic may be of rows that are gone.
    insert into publication (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id,
        cursor_topic_id, partitions, database_id)
    values (p_organization_id, p_seq, p_hash, clock_timestamp(), kafka.cluster_id, kafka.topic_id, kafka.cursor_topic_id,
        kafka.partitions, database_id())
    on conflict (organization_id) do update
    set published_seq = excluded.published_seq, published_hash = excluded.published_hash,
        published_at = excluded.published_at, cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,
        cursor_topic_id = excluded.cursor_topic_id, state_topic_id = null, partitions = excluded.partitions,
        database_id = excluded.database_id, halted_by = null, halted = null
$$;
comment on function resolve_publication is 'Says up to where an organization is on the topic, after a person has decided.';

create function lock_for_recovery(p_organization_id text, p_source text) returns organization_head
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
    return head;
end $$;
comment on function lock_for_recovery is 'Locks an organization''s head and takes the claim; a lost one is made anew.';

create function forget_erased(p_organization_id text, p_job_type text, p_job_id text, p_seq bigint) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    blanked bigint;
    sealed  bigint;
begin
    update job_history line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.seq < p_seq and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics blanked = row_count;
    update sealed_row line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.seq < p_seq and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics sealed = row_count;
    perform append_note(
        'erasure', p_organization_id,
        format('the payloads and texts of %s rows of %s job %s of organization %s were erased again, as row %s says',
            blanked + sealed, p_job_type, p_job_id, p_organization_id, p_seq),
        json_build_object(
            'organizationId', p_organization_id, 'jobType', p_job_type, 'jobId', p_job_id, 'seq', p_seq,
            'rows', blanked, 'sealedRows', sealed, 'rejectedElements', 0)::text);
end $$;
comment on function forget_erased is 'Does again what an erasure did that a restored history does not know of.';

create function recover_from_topic(p_organization_id text, p_source text, p_cursor_seq bigint, p_identity json)
    returns table (restored bigint, last_seq bigint, last_hash text, source text, epoch integer, database_id text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    topic_seq    bigint;
    topic_hash   bytea;
    wrong        bigint;
    erased       record;
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    head := lock_for_recovery(
        p_organization_id,
        coalesce(p_source, (select min(line ->> 'source') from recovered_event where organization_id = p_organization_id)));
    select published_seq into acknowledged from publication where organization_id = p_organization_id;
    acknowledged := greatest(acknowledged, p_cursor_seq, 0);

    select seq, hash into topic_seq, topic_hash from recovered_event
    where organization_id = p_organization_id order by seq desc limit 1;
    if coalesce(topic_seq, 0) < acknowledged then
        raise exception 'the topic holds organization % up to row % only, row % was acknowledged: run republish --to a new topic',
            p_organization_id, coalesce(topic_seq, 0), acknowledged using errcode = 'JT005';
    end if;

    -- Whatever both have must be the same.
    select min(event.seq) into wrong
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id and event.seq <= head.last_seq
        and coalesce(line.hash, sealed.hash) <> event.hash;
    if wrong is not null then
        raise exception 'row % of organization % is another one on the topic: the histories differ; run recover --new-epoch',
            wrong, p_organization_id using errcode = 'JT005';
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
        raise exception 'row % of organization % cannot be restored: the topic does not have it as it was recorded; run recover --new-epoch',
            wrong, p_organization_id using errcode = 'JT005';
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

    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select distinct on (line.job_type, line.job_id) p_organization_id, line.job_type, line.job_id,
        coalesce(event.snapshot, '{}'), coalesce(decode(event.digest, 'hex'), sha256('{}')),
        decode(repeat('00', 32), 'hex'), event.api_version,
        case when line.change_kind = 'erased' then coalesce(not (line.payload::json ->> 'present')::boolean, false)
            else line.change_kind = 'missing' end,
        0, line.seq
    from job_history line join recovered_event event using (organization_id, seq, hash)
    where line.organization_id = p_organization_id and line.seq > head.last_seq
    order by line.job_type, line.job_id, line.seq desc
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0, last_seq = excluded.last_seq;

    if restored > 0 then
        update organization_head known
        set last_seq = line.seq, last_hash = line.hash, last_observed_at = line.observed_at, epoch = line.epoch,
            claimed_at = greatest(known.claimed_at, line.observed_at),
            organization_name = coalesce(known.organization_name, line.payload::json #>> '{organization,name}')
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
            known.source, known.epoch, database_id()
        from organization_head known where known.organization_id = p_organization_id;
end $$;
comment on function recover_from_topic is
    'Takes over from the topic the rows that the history has lost, after all that both have was found to be the same, and goes on from there.';

create function note_lost_evidence(p_checkpoint bigint, p_ranges text, p_lost json) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    select durable();
    select append_note(
        'recovery', null,
        format('checkpoints up to %s know of what was lost with a database, and nowhere to be had back: %s', p_checkpoint,
            p_ranges),
        json_build_object('checkpoint', p_checkpoint, 'lost', p_lost)::text)
$$;
comment on function note_lost_evidence is 'Says which receipts and notes a database that was set back has lost.';

create function claim_epoch(p_organization_id text, p_source text)
    returns table (claimed_poll bigint, observed_at text, source text, organization_name text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head organization_head;
begin
    perform durable();
    head := lock_for_recovery(p_organization_id, p_source);
    return query select head.claimed_poll, iso(head.claimed_at), head.source, head.organization_name;
end $$;
comment on function claim_epoch is 'Takes the right to begin an organization''s next epoch.';

create function begin_epoch(p_organization_id text, p_claim bigint, p_topic_seq bigint, p_topic_hash text, p_changes json,
                            p_identity json)
    returns table (epoch integer, first_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    forked       bigint;
    appended     record;
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
        and (event.seq > head.last_seq or coalesce(line.hash, sealed.hash) <> event.hash);
    select published_seq into acknowledged from publication where organization_id = p_organization_id;
    forked := coalesce(forked, coalesce(acknowledged, 0) + 1);

    update organization_head known
    set epoch = head.epoch + 1, last_seq = greatest(head.last_seq, p_topic_seq)
    where known.organization_id = p_organization_id;
    perform append_note(
        'epoch', p_organization_id,
        format('epoch %s of organization %s begins at row %s: its history ended at row %s, the topic has rows %s to %s of another one, which is left behind',
            head.epoch + 1, p_organization_id, greatest(head.last_seq, p_topic_seq) + 1, head.last_seq, forked, p_topic_seq),
        json_build_object(
            'organizationId', p_organization_id, 'epoch', head.epoch + 1,
            'firstSeq', greatest(head.last_seq, p_topic_seq) + 1, 'forkedSeq', forked, 'localSeq', head.last_seq,
            'localHash', encode(head.last_hash, 'hex'), 'topicSeq', p_topic_seq, 'topicHash', p_topic_hash)::text);

    select * into strict head from organization_head where organization_id = p_organization_id;
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    update job_state state
    set last_seq = line.seq
    from job_history line
    where state.organization_id = p_organization_id and line.organization_id = p_organization_id
        and line.seq > head.last_seq and line.job_type = state.job_type and line.job_id = state.job_id;
    perform resolve_publication(p_organization_id, p_topic_seq, decode(p_topic_hash, 'hex'), kafka);
    return query select head.epoch, head.last_seq + 1;
end $$;
comment on function begin_epoch is
    'Continues an organization''s history above the one that the topic has, tells all its jobs anew, and says so in a note.';

create function rows_to_republish(p_organization_id text, p_after bigint, p_rows integer, p_bytes bigint)
    returns setof job_history
    language sql stable set search_path = jobtrail, pg_temp as $$
    select (line).* from (
        select line as line, row_number() over (order by line.seq) as n,
            sum(octet_length(line.payload)) over (order by line.seq) as bytes
        from (
            select * from job_history
            where organization_id = p_organization_id and seq > p_after order by seq limit p_rows
        ) line
    ) batch
    where n = 1 or bytes is null or bytes <= p_bytes
    order by n
$$;
comment on function rows_to_republish is 'The next rows of an organization''s history, published or not.';

create function republished(p_cursors json, p_topic text, p_identity json) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    kafka publication_identity;
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    perform resolve_publication(organization_id, seq, decode(hash, 'hex'), kafka)
    from json_to_recordset(p_cursors) as cursor (organization_id text, seq bigint, hash text);
    perform append_note(
        'republication', null,
        format('the history was published anew, to topic %s (%s)', p_topic, kafka.topic_id),
        json_build_object('topic', p_topic, 'topicId', kafka.topic_id, 'clusterId', kafka.cluster_id,
            'organizations', json_array_length(p_cursors))::text);
end $$;
comment on function republished is 'Says that all of the history is on another topic now, as its cursors tell.';

create function skipped_numbers(p_organization_id text, p_first bigint, p_last bigint) returns bigint
    language sql stable set search_path = jobtrail, pg_temp as $$
    select coalesce(sum((content::json ->> 'firstSeq')::bigint - 1 - (content::json ->> 'localSeq')::bigint), 0)::bigint
    from ledger_note
    where kind = 'epoch' and organization_id = p_organization_id and (content::json ->> 'firstSeq')::bigint > p_first
        and (content::json ->> 'firstSeq')::bigint <= p_last + 1
$$;
comment on function skipped_numbers is 'How many numbers between two rows belong to histories that a new epoch left behind.';

create or replace function retain(p_organization_id text, p_before timestamptz)
    returns table (first_seq bigint, last_seq bigint, jobs bigint, uncovered bigint, reason text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head    organization_head;
    range   record;
    oldest  job_history;
    newest  job_history;
    kept    bigint;
    digest  text;
    removed bigint;
begin
    perform durable();
    select * into head from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    select * into range from retainable(p_organization_id, p_before);
    if range.last_seq < range.first_seq then
        return query select range.first_seq, range.last_seq, 0::bigint, range.uncovered, range.reason;
        return;
    end if;
    -- A poll on its way records nothing: what it compared with was the history before this.
    update organization_head set claimed_poll = claimed_poll + 1 where organization_id = p_organization_id;
    insert into lawful_change values (pg_current_xact_id(), 'retain');

    select * into strict oldest from job_history where organization_id = p_organization_id and seq = range.first_seq;
    select * into strict newest from job_history where organization_id = p_organization_id and seq = range.last_seq;

    -- Of each job its last row. The numbers come first: to sort whole rows would take space as large as the history.
    delete from sealed_row sealed
    where sealed.organization_id = p_organization_id and exists (
        select from job_history line
        where line.organization_id = p_organization_id and line.job_type = sealed.job_type and line.job_id = sealed.job_id
            and line.seq <= range.last_seq
    );
    with latest as materialized (
        select max(seq) as seq from job_history
        where organization_id = p_organization_id and seq <= range.last_seq group by job_type, job_id
    )
    insert into sealed_row
    select line.* from latest join job_history line on line.organization_id = p_organization_id and line.seq = latest.seq;

    delete from job_history where organization_id = p_organization_id and seq <= range.last_seq;
    get diagnostics removed = row_count;
    if removed + skipped_numbers(p_organization_id, range.first_seq, range.last_seq) <> range.last_seq - range.first_seq + 1 then
        raise exception 'organization % has % rows from % to %: it is not removed, run verify', p_organization_id, removed,
            range.first_seq, range.last_seq using errcode = 'JT005';
    end if;

    select count(*), encode(sha256(coalesce(string_agg(hash, ''::bytea order by seq), ''::bytea)), 'hex') into kept, digest
    from sealed_row where organization_id = p_organization_id;
    perform append_note(
        'seal', p_organization_id,
        format('rows %s to %s of organization %s, observed from %s to %s, were removed; of %s jobs the last row is kept',
            range.first_seq, range.last_seq, p_organization_id, iso(oldest.observed_at), iso(newest.observed_at), kept),
        json_build_object(
            'organizationId', p_organization_id, 'firstSeq', range.first_seq, 'firstHash', encode(oldest.hash, 'hex'),
            'lastSeq', range.last_seq, 'lastHash', encode(newest.hash, 'hex'), 'rows', removed,
            'observedFrom', iso(oldest.observed_at), 'observedTo', iso(newest.observed_at), 'jobs', kept,
            'jobsDigest', digest)::text);
    delete from lawful_change where transaction_id = pg_current_xact_id();
    return query select range.first_seq, range.last_seq, kept, range.uncovered, range.reason;
end $$;
