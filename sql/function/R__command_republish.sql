-- republish: the history once more, on an empty topic.

create or replace function rows_to_republish(p_organization_id text, p_after bigint, p_rows integer, p_bytes bigint)
    returns setof job_history
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
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
comment on function rows_to_republish is
    'The next rows of an organization''s history, published or not.';

create or replace function republished(p_cursors json, p_topic text, p_identity json) returns void
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    kafka publication_identity;
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    perform resolve_publication(organization_id, seq, decode(hash, 'hex'), kafka)
    from json_to_recordset(p_cursors) as cursor (organization_id text, seq bigint, hash text);
    -- All of it was published anew, also to a topic that was emptied after it had lost something: it may end before it did.
    delete from topic_end where topic_id = kafka.topic_id;
    perform append_note(
        'republication', null,
        format('the history was published anew, to topic %s (%s)', p_topic, kafka.topic_id),
        json_build_object('topic', p_topic, 'topicId', kafka.topic_id, 'clusterId', kafka.cluster_id,
            'organizations', json_array_length(p_cursors))::text);
end $$;
comment on function republished is
    'Says that all of the history is on another topic now, as its cursors tell.';
