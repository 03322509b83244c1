-- Who Kafka is, in full, so that nothing is published beside what was published before; and the states that go with the events.

alter table publication
    add column cursor_topic_id text,
    add column state_topic_id text,
    add column partitions integer,
    add column database_id text,
    add column halted_by text;
comment on column publication.cursor_topic_id is 'The id of the topic that holds the cursors.';
comment on column publication.state_topic_id is 'The id of the state topic that holds all states of the organization; null where they have to be written again.';
comment on column publication.partitions is 'How many partitions the events topic has: another number would give jobs other partitions.';
comment on column publication.database_id is 'The database that published: cluster of PostgreSQL and oid. A restored dump has another.';
comment on column publication.halted_by is
    'What halted it: another-cluster, topic-replaced, partitions-changed, republish-unfinished, kafka-lost-data, database-set-back, histories-differ, state-topic-replaced or refused-by-kafka.';

create function database_id() returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    select system_identifier() || '/' || oid from pg_database where datname = current_database()
$$;
comment on function database_id is 'Which database this is.';

create type publication_identity as (
    cluster_id      text,
    topic_id        text,
    cursor_topic_id text,
    state_topic_id  text,
    partitions      integer
);
comment on type publication_identity is 'Which Kafka somebody publishes to.';

drop function next_events(json, text, text, integer, bigint);
drop function acknowledge_publication(json, text, text);
drop function reconcile_publication(json, text, text);

create function acknowledge_publication(p_acknowledged json, kafka publication_identity) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into publication (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id,
        cursor_topic_id, state_topic_id, partitions, database_id)
    select organization_id, seq, decode(hash, 'hex'), clock_timestamp(), kafka.cluster_id, kafka.topic_id,
        kafka.cursor_topic_id, kafka.state_topic_id, kafka.partitions, database_id()
    from json_to_recordset(p_acknowledged) as acknowledged (organization_id text, seq bigint, hash text)
    on conflict (organization_id) do update
    set published_seq = excluded.published_seq, published_hash = excluded.published_hash,
        published_at = excluded.published_at, cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,
        cursor_topic_id = excluded.cursor_topic_id, partitions = excluded.partitions, database_id = excluded.database_id
    -- Only forward: the word of an instance that was paused may come after another one has gone on.
    where publication.published_seq < excluded.published_seq and publication.halted is null
$$;
comment on function acknowledge_publication is 'Notes what Kafka committed.';

create function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint) returns setof job_history
    language plpgsql set search_path = jobtrail, pg_temp as $$
begin
    perform acknowledge_publication(p_acknowledged, json_populate_record(null::publication_identity, p_identity));
    -- Whoever waits longest comes first, with a share of the batch at most: no organization starves another.
    return query
        with waiting as (
            select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.published_at,
                sum(least(head.last_seq - coalesce(publication.published_seq, 0), greatest(p_rows / 4, 1))) over (
                    order by publication.published_at nulls first, head.organization_id
                    rows between unbounded preceding and 1 preceding
                ) as rows_before
            from organization_head head left join publication using (organization_id)
            where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
        ), batch as (
            select line as line, row_number() over waiting_order as n,
                sum(octet_length((line).payload)) over waiting_order as bytes
            from waiting, lateral (
                select history as line from job_history history
                where history.organization_id = waiting.organization_id and history.seq > waiting.published_seq
                order by history.seq limit greatest(p_rows / 4, 1)
            ) share
            where coalesce(waiting.rows_before, 0) < p_rows
            window waiting_order as
                (order by published_at nulls first, waiting.organization_id, (line).seq rows unbounded preceding)
        )
        select (line).* from batch where n = 1 or (n <= p_rows and bytes <= p_bytes) order by n;
end $$;
comment on function next_events is
    'Notes what Kafka committed of the last batch and yields the next: rows that are not on the topic yet, in order.';

create function next_states(p_after json, p_identity json, p_rows integer, p_bytes bigint) returns setof job_history
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    kafka publication_identity;
begin
    -- As far as the events are on the topic, and no further: what comes later brings its states along.
    return query
        with wanted as (
            select state.organization_id, state.job_type, state.job_id, publication.published_seq
            from publication join job_state state using (organization_id)
            where publication.state_topic_id is null and publication.halted is null and publication.published_seq > 0
                and (p_after is null
                    or (state.organization_id, state.job_type, state.job_id)
                        > (p_after ->> 'organization_id', p_after ->> 'job_type', p_after ->> 'job_id'))
            order by state.organization_id, state.job_type, state.job_id
            limit p_rows
        ), latest as (
            select line as line, row_number() over by_job as n, sum(octet_length((line).payload)) over by_job as bytes
            from wanted, lateral (
                select one as line
                from (
                    select * from job_history line
                    where line.organization_id = wanted.organization_id and line.job_type = wanted.job_type
                        and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                    union all
                    select * from sealed_row line
                    where line.organization_id = wanted.organization_id and line.job_type = wanted.job_type
                        and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                ) one
                order by one.seq desc limit 1
            ) last
            window by_job as (order by wanted.organization_id, wanted.job_type, wanted.job_id rows unbounded preceding)
        )
        select (line).* from latest where n = 1 or bytes <= p_bytes order by n;
    if not found then
        kafka := json_populate_record(null::publication_identity, p_identity);
        update publication set state_topic_id = kafka.state_topic_id where state_topic_id is null and halted is null;
    end if;
end $$;
comment on function next_states is
    'Yields the last published row of each job of which the state has to be written to the state topic, in order of the jobs; after the last of them, notes that all are there.';

create function halt_publication(p_organization_id text, p_halted_by text, p_reason text) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into publication (organization_id, published_seq, published_hash, published_at, halted_by, halted)
    values (p_organization_id, 0, decode(repeat('00', 32), 'hex'), clock_timestamp(), p_halted_by, p_reason)
    on conflict (organization_id) do update
    set halted_by = excluded.halted_by, halted = excluded.halted
$$;
comment on function halt_publication is 'Stops the publication of one organization, of which Kafka refuses a row.';

create function reconcile_publication(p_cursors json, p_identity json)
    returns table (organization_id text, halted_by text, halted text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    kafka publication_identity;
begin
    kafka := json_populate_record(null::publication_identity, p_identity);
    -- Per organization: acknowledged (PostgreSQL) <= cursor (Kafka) <= head (PostgreSQL), and the row at the cursor has
    -- the cursor's hash. Anything else means that one of the two stores lost data; then a person decides. Where everything
    -- that is published is sealed, the row at the cursor is the last sealed one. Where a new epoch has begun, it is the row of
    -- the history that was left behind.
    with compared as (
        select coalesce(cursor.organization_id, known.organization_id) as organization_id,
            coalesce(cursor.seq, 0) as cursor_seq, decode(coalesce(cursor.hash, repeat('00', 32)), 'hex') as cursor_hash,
            cursor.topic_id as cursor_of, cursor.database as cursor_database,
            coalesce(known.published_seq, 0) as acknowledged_seq, coalesce(head.last_seq, 0) as head_seq,
            coalesce(abandoned.hash, line.hash, sealed.hash) as line_hash,
            known.cluster_id as known_cluster, known.topic_id as known_topic, known.cursor_topic_id as known_cursor_topic,
            known.state_topic_id as known_state_topic, known.partitions as known_partitions
        from json_to_recordset(p_cursors)
            as cursor (organization_id text, seq bigint, hash text, topic_id text, database text)
        full join publication known on known.organization_id = cursor.organization_id
        left join organization_head head on head.organization_id = coalesce(cursor.organization_id, known.organization_id)
        left join job_history line on line.organization_id = cursor.organization_id and line.seq = cursor.seq
        left join sealed_row sealed on sealed.organization_id = cursor.organization_id and sealed.seq = cursor.seq
        left join lateral (
            select decode(note.content::json ->> 'topicHash', 'hex') as hash from ledger_note note
            where note.kind = 'epoch' and note.organization_id = cursor.organization_id
                and (note.content::json ->> 'topicSeq')::bigint = cursor.seq and note.content::json ->> 'topicHash' = cursor.hash
            limit 1
        ) abandoned on true
    ), judged as (
        select *,
            case
                when acknowledged_seq > 0 and known_cluster <> kafka.cluster_id then array[
                    'another-cluster',
                    format('another Kafka cluster: row %s of organization %s was acknowledged by cluster %s, this is %s: set kafka.bootstrap-servers back, or run recover --from-topic if this one holds a copy of the topic, or republish --to a topic',
                        acknowledged_seq, organization_id, known_cluster, kafka.cluster_id)]
                when cursor_of is not null and cursor_of <> kafka.topic_id and cursor_of <> known_topic then array[
                    'republish-unfinished',
                    format('republish has not come to its end: the cursor of organization %s is of another topic: run it again with the same --to, then set kafka.topic.events to it',
                        organization_id)]
                when acknowledged_seq > 0 and known_topic <> kafka.topic_id then array[
                    'topic-replaced',
                    format('the events topic was made anew, or is another: row %s of organization %s is on the one before: set kafka.topic.events back, or run republish --to a topic',
                        acknowledged_seq, organization_id)]
                when acknowledged_seq > 0 and known_partitions <> kafka.partitions then array[
                    'partitions-changed',
                    format('the events topic has %s partitions, organization %s was published to %s: a job''s events would change places and their order; run republish --to a new topic',
                        kafka.partitions, organization_id, known_partitions)]
                when cursor_seq < acknowledged_seq then array[
                    'kafka-lost-data',
                    format('Kafka lost data: it acknowledged row %s of organization %s, its cursor stands at row %s%s: run recover --from-topic, or republish --to a new topic if the events are gone too',
                        acknowledged_seq, organization_id, cursor_seq,
                        case when known_cursor_topic <> kafka.cursor_topic_id then ', on a topic that was made anew' end)]
                when cursor_seq > head_seq and line_hash is distinct from cursor_hash then array[
                    'database-set-back',
                    format('PostgreSQL was set back: Kafka has row %s of organization %s, the history ends at row %s%s: run recover --from-topic, or recover --new-epoch if the topic does not have the rows any more',
                        cursor_seq, organization_id, head_seq,
                        case when cursor_database <> database_id() then ' (database ' || database_id() || ', published by ' || cursor_database || ')' end)]
                when cursor_seq > 0 and line_hash is distinct from cursor_hash then array[
                    'histories-differ',
                    format('the histories differ: row %s of organization %s is another one on Kafka: run recover --new-epoch',
                        cursor_seq, organization_id)]
                when acknowledged_seq > 0 and known_state_topic <> kafka.state_topic_id then array[
                    'state-topic-replaced',
                    format('the state topic was made anew, or is another: the states of organization %s are not on it: set kafka.topic.state back, or run recover --from-topic, which has them written again',
                        organization_id)]
            end as verdict
        from compared
    )
    -- Of an organization that is halted before anything was acknowledged, nothing counts as published: its rows wait.
    insert into publication as known (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id,
        cursor_topic_id, state_topic_id, partitions, database_id, halted_by, halted)
    select organization_id, case when verdict is null then cursor_seq else 0 end,
        case when verdict is null then cursor_hash else decode(repeat('00', 32), 'hex') end, clock_timestamp(),
        kafka.cluster_id, kafka.topic_id, kafka.cursor_topic_id,
        -- Events without states are from a program that wrote none.
        case when verdict is null and cursor_seq = 0 then kafka.state_topic_id else known_state_topic end,
        kafka.partitions, database_id(), verdict[1], verdict[2]
    from judged
    on conflict (organization_id) do update
    set halted_by = excluded.halted_by,
        halted = excluded.halted,
        published_seq = case when excluded.halted is null then excluded.published_seq else known.published_seq end,
        published_hash = case when excluded.halted is null then excluded.published_hash else known.published_hash end,
        published_at = excluded.published_at,
        cluster_id = case when excluded.halted is null then excluded.cluster_id else known.cluster_id end,
        topic_id = case when excluded.halted is null then excluded.topic_id else known.topic_id end,
        cursor_topic_id = case when excluded.halted is null then excluded.cursor_topic_id else known.cursor_topic_id end,
        state_topic_id = case when excluded.halted is null then excluded.state_topic_id else known.state_topic_id end,
        partitions = case when excluded.halted is null then excluded.partitions else known.partitions end,
        database_id = case when excluded.halted is null then excluded.database_id else known.database_id end;

    return query
        select p.organization_id, p.halted_by, p.halted from publication p where p.halted is not null order by 1;
end $$;
comment on function reconcile_publication is
    'Compares, at the publisher''s start, what PostgreSQL and Kafka know of each other, and halts whoever disagrees.';

create or replace function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, has_jobs boolean)
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
            exists (
                select from job_state state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join job_list list on list.organization_id = head.organization_id and list.job_type = p_job_type
        where head.organization_id = any (claimed);
end $$;
comment on function claim_polls is
    'Takes the right to record the next poll of many organizations at once, of one of their lists; those that belong to another source, or whose history was set back, are left out. Whoever claimed before can no longer record: a fencing token. A suspicion that nobody has seen for p_patience is forgotten.';

create or replace function claim_poll(p_source text, p_organization_id text, p_organization_name text, p_job_type text, p_patience interval)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean,
                   suspect_digest text, suspect_since text, accepted_digest text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    reason text;
begin
    return query
        select claimed_poll, observed_at, epoch, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest
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
