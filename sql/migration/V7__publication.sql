create table publication (
    organization_id text        not null,
    published_seq   bigint      not null,
    published_hash  bytea       not null,
    published_at    timestamptz not null,
    cluster_id      text,
    topic_id        text,
    halted          text,
    constraint publication_once primary key (organization_id)
) with (fillfactor = 50);

comment on table publication is 'What Kafka is known to have acknowledged of each organization''s history.';
comment on column publication.organization_id is 'The organization''s id in VB365.';
comment on column publication.published_seq is 'seq of the last row that is on the topic.';
comment on column publication.published_hash is 'hash of that row.';
comment on column publication.published_at is 'When that was last noted.';
comment on column publication.cluster_id is 'The Kafka cluster.';
comment on column publication.topic_id is 'The id of the events topic: a recreated topic has another.';
comment on column publication.halted is 'Why nothing more of this organization is published; null while all is well.';

create function acknowledge_publication(p_acknowledged json, p_cluster_id text, p_topic_id text) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into publication (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id)
    select organization_id, seq, decode(hash, 'hex'), clock_timestamp(), p_cluster_id, p_topic_id
    from json_to_recordset(p_acknowledged) as acknowledged (organization_id text, seq bigint, hash text)
    on conflict (organization_id) do update
    set published_seq = excluded.published_seq, published_hash = excluded.published_hash,
        published_at = excluded.published_at, cluster_id = excluded.cluster_id, topic_id = excluded.topic_id
    -- Only forward: the word of an instance that was paused may come after another one has gone on.
    where publication.published_seq < excluded.published_seq and publication.halted is null
$$;
comment on function acknowledge_publication is 'Notes what Kafka committed.';

create function next_events(p_acknowledged json, p_cluster_id text, p_topic_id text, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql set search_path = jobtrail, pg_temp as $$
begin
    perform acknowledge_publication(p_acknowledged, p_cluster_id, p_topic_id);
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

create function reconcile_publication(p_cursors json, p_cluster_id text, p_topic_id text)
    returns table (organization_id text, halted text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    -- Per organization: acknowledged (PostgreSQL) <= cursor (Kafka) <= head (PostgreSQL), and the row at the cursor has
    -- the cursor's hash. Anything else means that one of the two stores lost data; then a person decides.
    with compared as (
        select coalesce(kafka.organization_id, known.organization_id) as organization_id,
            coalesce(kafka.seq, 0) as cursor_seq, decode(coalesce(kafka.hash, repeat('00', 32)), 'hex') as cursor_hash,
            coalesce(known.published_seq, 0) as acknowledged_seq, coalesce(head.last_seq, 0) as head_seq,
            line.hash as line_hash, known.cluster_id as known_cluster, known.topic_id as known_topic
        from json_to_recordset(p_cursors) as kafka (organization_id text, seq bigint, hash text)
        full join publication known on known.organization_id = kafka.organization_id
        left join organization_head head on head.organization_id = coalesce(kafka.organization_id, known.organization_id)
        left join job_history line on line.organization_id = kafka.organization_id and line.seq = kafka.seq
    ), judged as (
        select *,
            case
                when acknowledged_seq > 0 and known_cluster <> p_cluster_id then format(
                    'another Kafka cluster: row %s of organization %s was acknowledged by cluster %s, this is %s',
                    acknowledged_seq, organization_id, known_cluster, p_cluster_id)
                when acknowledged_seq > 0 and known_topic <> p_topic_id then format(
                    'the events topic was made anew: row %s of organization %s is on the one before',
                    acknowledged_seq, organization_id)
                when cursor_seq < acknowledged_seq then format(
                    'Kafka lost data: it acknowledged row %s of organization %s, its cursor stands at row %s',
                    acknowledged_seq, organization_id, cursor_seq)
                when cursor_seq > head_seq then format(
                    'PostgreSQL was set back: Kafka has row %s of organization %s, the history ends at row %s',
                    cursor_seq, organization_id, head_seq)
                when cursor_seq > 0 and line_hash is distinct from cursor_hash then format(
                    'the histories differ: row %s of organization %s is another one on Kafka', cursor_seq, organization_id)
            end as halted
        from compared
    )
    -- Of an organization that is halted before anything was acknowledged, nothing counts as published: its rows wait.
    insert into publication as known (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id, halted)
    select organization_id, case when halted is null then cursor_seq else 0 end,
        case when halted is null then cursor_hash else decode(repeat('00', 32), 'hex') end, clock_timestamp(),
        p_cluster_id, p_topic_id, halted
    from judged
    on conflict (organization_id) do update
    set halted = excluded.halted,
        published_seq = case when excluded.halted is null then excluded.published_seq else known.published_seq end,
        published_hash = case when excluded.halted is null then excluded.published_hash else known.published_hash end,
        published_at = excluded.published_at,
        cluster_id = case when excluded.halted is null then excluded.cluster_id else known.cluster_id end,
        topic_id = case when excluded.halted is null then excluded.topic_id else known.topic_id end;

    return query select p.organization_id, p.halted from publication p where p.halted is not null;
end $$;
comment on function reconcile_publication is
    'Compares, at the publisher''s start, what PostgreSQL and Kafka know of each other, and halts whoever disagrees.';
