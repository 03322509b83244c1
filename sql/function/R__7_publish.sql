-- Which rows come next on the topics, and what Kafka acknowledged of them.

create or replace function acknowledge_publication(p_acknowledged json, kafka publication_identity) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into publication (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id,
        cursor_topic_id, state_topic_id, partitions, state_partitions, database_id)
    select organization_id, seq, decode(hash, 'hex'), clock_timestamp(), kafka.cluster_id, kafka.topic_id,
        kafka.cursor_topic_id, kafka.state_topic_id, kafka.partitions, kafka.state_partitions, database_id()
    from json_to_recordset(p_acknowledged) as acknowledged (organization_id text, seq bigint, hash text)
    on conflict (organization_id) do update
    set published_seq = excluded.published_seq, published_hash = excluded.published_hash,
        published_at = excluded.published_at, cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,
        cursor_topic_id = excluded.cursor_topic_id, partitions = excluded.partitions, database_id = excluded.database_id
    -- Only forward: the word of an instance that was paused may come after another one has gone on.
    where publication.published_seq < excluded.published_seq and publication.halted is null
$$;
comment on function acknowledge_publication is
    'Notes what Kafka committed.';

-- The rows come as they are read, until there are enough: nothing is read twice or sorted, which took a third more.
create or replace function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql security definer set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan
        set enable_nestloop = off set enable_mergejoin = off set work_mem = '16MB' as $$
declare
    waiting record;
    line    job_history;
    rows    integer := 0;
    bytes   bigint := 0;
begin
    perform acknowledge_publication(p_acknowledged, json_populate_record(null::publication_identity, p_identity));
    -- Whoever waits longest comes first, with a share of the batch at most: no organization starves another.
    <<batch>>
    for waiting in
        with unpublished as (
            select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.published_at
            from organization_head head left join publication using (organization_id)
            where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
            -- Each has a row at least. Of many thousands, no more than that are sorted.
            order by publication.published_at nulls first, head.organization_id limit p_rows
        )
        select organization_id, published_seq, greatest(p_rows / least(count(*) over (), 4), 1) as share
        from unpublished
        order by published_at nulls first, organization_id
    loop
        for line in
            select * from job_history history
            where history.organization_id = waiting.organization_id and history.seq > waiting.published_seq
            order by history.seq limit waiting.share
        loop
            rows := rows + 1;
            bytes := bytes + coalesce(octet_length(line.payload), 0);
            exit batch when rows > 1 and (rows > p_rows or bytes > p_bytes);
            return next line;
        end loop;
    end loop;
end $$;
comment on function next_events is
    'Notes what Kafka committed of the last batch and yields the next: rows that are not on the topic yet, in order.';

create or replace function next_states(p_after json, p_identity json, p_rows integer, p_bytes bigint) returns setof job_history
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    kafka publication_identity;
begin
    -- As far as the events are on the topic, and no further: what comes later brings its states along. A job of which nothing is
    -- on the topic yet must not count towards the limit: a batch of such jobs alone would pass for the end.
    return query
        with known as (
            select state.organization_id, state.job_type, state.job_id, publication.published_seq, false as left_behind
            from publication join known_job state using (organization_id)
            where publication.state_topic_id is null and publication.halted is null and publication.published_seq > 0
                and (p_after is null
                    or (state.organization_id, state.job_type, state.job_id)
                        > (p_after ->> 'organization_id', p_after ->> 'job_type', p_after ->> 'job_id'))
                and (state.last_seq <= publication.published_seq
                    or exists (
                        select from job_history line
                        where line.organization_id = state.organization_id and line.job_type = state.job_type
                            and line.job_id = state.job_id and line.seq <= publication.published_seq)
                    or exists (
                        select from sealed_row line
                        where line.organization_id = state.organization_id and line.job_type = state.job_type
                            and line.job_id = state.job_id and line.seq <= publication.published_seq))
            order by state.organization_id, state.job_type, state.job_id
            limit p_rows
        ), left_behind as (
            -- Asked now: a job that is recorded since has its own rows, and a tombstone might come after their state. The key
            -- names no job type.
            select state.organization_id, state.job_type, state.job_id, publication.published_seq, true as left_behind
            from publication join left_behind_state state using (organization_id)
            where publication.state_topic_id is null and publication.halted is null and publication.published_seq > 0
                and (p_after is null
                    or (state.organization_id, state.job_type, state.job_id)
                        > (p_after ->> 'organization_id', p_after ->> 'job_type', p_after ->> 'job_id'))
                and not exists (
                    select from known_job here
                    where here.organization_id = state.organization_id and here.job_id = state.job_id)
            order by state.organization_id, state.job_type, state.job_id
            limit p_rows
        ), wanted as (
            select * from known union all select * from left_behind
            order by organization_id, job_type, job_id
            limit p_rows
        ), latest as (
            select line as line, row_number() over by_job as n,
                sum(coalesce(octet_length((line).payload), 0)) over by_job as bytes
            from wanted, lateral (
                select one as line
                from (
                    select * from job_history line
                    where not wanted.left_behind and line.organization_id = wanted.organization_id
                        and line.job_type = wanted.job_type and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                    union all
                    select * from sealed_row line
                    where not wanted.left_behind and line.organization_id = wanted.organization_id
                        and line.job_type = wanted.job_type and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                    union all
                    -- Without a payload, as an erased row: a tombstone, under the number of the state that it ends.
                    select line.* from left_behind_state state
                    cross join lateral json_populate_record(null::job_history, row_to_json(state)) line
                    where wanted.left_behind and state.organization_id = wanted.organization_id
                        and state.job_type = wanted.job_type and state.job_id = wanted.job_id
                ) one
                order by one.seq desc limit 1
            ) last
            window by_job as (order by wanted.organization_id, wanted.job_type, wanted.job_id rows unbounded preceding)
        )
        select (line).* from latest where n = 1 or bytes <= p_bytes order by n;
    if not found then
        kafka := json_populate_record(null::publication_identity, p_identity);
        with written as (
            update publication set state_topic_id = kafka.state_topic_id, state_partitions = kafka.state_partitions where state_topic_id is null and halted is null
            returning organization_id
        )
        delete from left_behind_state state using written where state.organization_id = written.organization_id;
    end if;
end $$;
comment on function next_states is
    'Yields the last published row of each job of which the state has to be written to the state topic, and one without a payload of each that only the topic knows, in order of the jobs; after the last of them, notes that all are there.';

create or replace function halt_publication(p_organization_id text, p_halted_by text, p_reason text) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    insert into publication (organization_id, published_seq, published_hash, published_at, halted_by, halted)
    values (p_organization_id, 0, decode(repeat('00', 32), 'hex'), clock_timestamp(), p_halted_by, p_reason)
    on conflict (organization_id) do update
    set halted_by = excluded.halted_by, halted = excluded.halted
$$;
comment on function halt_publication is
    'Stops the publication of one organization, of which Kafka refuses a row, or PostgreSQL cannot read one.';

create or replace function lost_ends(p_ends json)
    returns table (topic_id text, partition integer, known_end bigint, end_offset bigint)
    language sql stable set search_path = jobtrail, pg_temp as $$
    select topic_id, partition, known.end_offset, ended.end_offset
    from json_to_recordset(p_ends) as ended (topic_id text, partition integer, end_offset bigint)
    join topic_end known using (topic_id, partition)
    where ended.end_offset < known.end_offset
$$;
comment on function lost_ends is
    'The partitions that end before they did: of these, Kafka has lost something.';

create or replace function note_topic_ends(p_ends json) returns setof integer
    language sql security definer set search_path = jobtrail, pg_temp as $$
    insert into topic_end as known (topic_id, partition, end_offset, noted_at)
    select topic_id, partition, end_offset, clock_timestamp()
    from json_to_recordset(p_ends) as ended (topic_id text, partition integer, end_offset bigint)
    order by topic_id, partition
    on conflict (topic_id, partition) do update
    set end_offset = excluded.end_offset, noted_at = excluded.noted_at
    where known.end_offset < excluded.end_offset;

    select partition from lost_ends(p_ends)
$$;
comment on function note_topic_ends is
    'Notes where the partitions of a topic end, and yields those that have lost something: of these, the end of before stays.';

create or replace function write_states_again(p_topic_id text) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    -- Of who is halted, too: they are written when that is resolved. Where the partitions are others, that has them written; without
    -- knowing its topic, it would pass for resolved.
    update publication set state_topic_id = null
    where state_topic_id = p_topic_id and halted_by is distinct from 'state-partitions-changed';
    -- From now on it ends where it does.
    delete from topic_end where topic_id = p_topic_id
$$;
comment on function write_states_again is
    'Has next_states yield all states of a state topic that has lost something.';

create or replace function reconcile_publication(p_cursors json, p_identity json, p_ends json default null)
    returns table (organization_id text, halted_by text, halted text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    kafka publication_identity;
begin
    kafka := json_populate_record(null::publication_identity, p_identity);
    -- Per organization: acknowledged (PostgreSQL) <= cursor (Kafka) <= head (PostgreSQL), and the row at the cursor has
    -- the cursor's hash. Anything else means that one of the two stores lost data; then a person decides. Where everything
    -- that is published is sealed, the row at the cursor is the last sealed one. Where a new epoch has begun, it is the row of
    -- the history that was left behind. A cursor says that its row is on the events topic; an end that has moved back says that
    -- something is not any more.
    with shortened as (
        select lost.* from lost_ends(p_ends) lost order by lost.partition limit 1
    ), compared as (
        select coalesce(cursor.organization_id, known.organization_id) as organization_id,
            coalesce(cursor.seq, 0) as cursor_seq, decode(coalesce(cursor.hash, repeat('00', 32)), 'hex') as cursor_hash,
            cursor.topic_id as cursor_of, cursor.database as cursor_database,
            coalesce(known.published_seq, 0) as acknowledged_seq, coalesce(head.last_seq, 0) as head_seq,
            coalesce(abandoned.hash, line.hash, sealed.hash) as line_hash, line.damage,
            known.cluster_id as known_cluster, known.topic_id as known_topic, known.cursor_topic_id as known_cursor_topic,
            known.state_topic_id as known_state_topic, known.partitions as known_partitions, known.state_partitions as known_state_partitions,
            case
                when shortened.partition is not null then format(
                    'Kafka lost events: partition %s of the events topic ended at offset %s, and ends at %s now; what is missing may be of organization %s: run republish --to a new topic',
                    shortened.partition, shortened.known_end, shortened.end_offset, cursor.organization_id)
                -- Others may have published there since, until it ends where it did.
                when known.halted_by = 'kafka-lost-events' and known.topic_id = kafka.topic_id then known.halted
            end as lost_events
        from json_to_recordset(p_cursors)
            as cursor (organization_id text, seq bigint, hash text, topic_id text, database text)
        full join publication known on known.organization_id = cursor.organization_id
        left join organization_head head on head.organization_id = coalesce(cursor.organization_id, known.organization_id)
        left join lateral recorded_hash(cursor.organization_id, cursor.seq) line on true
        left join sealed_row sealed on sealed.organization_id = cursor.organization_id and sealed.seq = cursor.seq
        left join lateral (
            select decode(note.content::json ->> 'topicHash', 'hex') as hash from ledger_note note
            where note.kind = 'epoch' and note.organization_id = cursor.organization_id
                and (note.content::json ->> 'topicSeq')::bigint = cursor.seq and note.content::json ->> 'topicHash' = cursor.hash
            limit 1
        ) abandoned on true
        left join shortened on shortened.topic_id = kafka.topic_id
    ), judged as (
        select *,
            case
                when acknowledged_seq > 0 and known_cluster <> kafka.cluster_id then array[
                    'another-cluster',
                    format('another Kafka cluster: row %s of organization %s was acknowledged by cluster %s, this is %s: set kafka.bootstrap-servers back, or run recover --from-topic if this one holds a copy of the topic, or republish --to a topic',
                        acknowledged_seq, organization_id, known_cluster, kafka.cluster_id)]
                when cursor_of <> kafka.topic_id and case when known_topic is not null then cursor_of <> known_topic
                    else cursor_seq > 0 and exists (
                        select from publication one where one.topic_id = kafka.topic_id and one.published_seq > 0) end then array[
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
                when damage is not null then array['history-damaged', damage_reason(organization_id, damage)]
                when cursor_seq > head_seq and line_hash is distinct from cursor_hash then array[
                    'database-set-back',
                    format('PostgreSQL was set back: Kafka has row %s of organization %s, the history ends at row %s%s: run recover --from-topic, or recover --new-epoch if the topic does not have the rows any more',
                        cursor_seq, organization_id, head_seq,
                        case when cursor_database <> database_id() then ' (database ' || database_id() || ', published by ' || cursor_database || ')' end)]
                when cursor_seq > 0 and line_hash is distinct from cursor_hash then array[
                    'histories-differ',
                    format('the histories differ: row %s of organization %s is another one on Kafka: run recover --new-epoch',
                        cursor_seq, organization_id)]
                when cursor_seq > 0 and lost_events is not null then array['kafka-lost-events', lost_events]
                when acknowledged_seq > 0 and known_state_topic <> kafka.state_topic_id then array[
                    'state-topic-replaced',
                    format('the state topic was made anew, or is another: the states of organization %s are not on it: set kafka.topic.state back, or run recover --from-topic, which has them written again',
                        organization_id)]
                when acknowledged_seq > 0 and known_state_topic = kafka.state_topic_id
                    and known_state_partitions <> kafka.state_partitions then array[
                    'state-partitions-changed',
                    format('the state topic has %s partitions, the states of organization %s were written to %s: a job''s state before would stay beside the present one; remove the topic, or set kafka.topic.state to another, and run recover --from-topic, which has them written again',
                        kafka.state_partitions, organization_id, known_state_partitions)]
            end as verdict
        from compared
    )
    -- Of an organization that is halted before anything was acknowledged, nothing counts as published: its rows wait.
    insert into publication as known (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id,
        cursor_topic_id, state_topic_id, partitions, state_partitions, database_id, halted_by, halted)
    select organization_id, case when verdict is null then cursor_seq else 0 end,
        case when verdict is null then cursor_hash else decode(repeat('00', 32), 'hex') end, clock_timestamp(),
        kafka.cluster_id, kafka.topic_id, kafka.cursor_topic_id,
        -- Events without states are from a program that wrote none.
        case when verdict is null and cursor_seq = 0 then kafka.state_topic_id else known_state_topic end,
        kafka.partitions, case when verdict is null then kafka.state_partitions else known_state_partitions end, database_id(),
        verdict[1], verdict[2]
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
        state_partitions = excluded.state_partitions,
        database_id = case when excluded.halted is null then excluded.database_id else known.database_id end;

    return query
        select p.organization_id, p.halted_by, p.halted from publication p where p.halted is not null order by 1;
end $$;
comment on function reconcile_publication is
    'Compares, at the publisher''s start, what PostgreSQL and Kafka know of each other, and halts whoever disagrees.';

create or replace function resolve_publication(p_organization_id text, p_seq bigint, p_hash bytea, kafka publication_identity)
    returns void
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
comment on function resolve_publication is
    'Says up to where an organization is on the topic, after a person has decided.';

create or replace function left_behind(p_organization_id text) returns int8multirange
    language sql stable set search_path = jobtrail, pg_temp as $$
    select coalesce(range_agg(int8range((content::json ->> 'forkedSeq')::bigint, (content::json ->> 'topicSeq')::bigint, '[]')), '{}')
    from ledger_note
    where kind = 'epoch' and organization_id = p_organization_id
        and (content::json ->> 'forkedSeq')::bigint <= (content::json ->> 'topicSeq')::bigint
$$;
comment on function left_behind is
    'Under which numbers the topic may have other rows than the history, of one that a new epoch left behind.';
