-- A state topic that was given more partitions was written to on: a job's state, or its tombstone, stood in another partition than the one
-- before, which then stayed for ever.

alter table publication add column state_partitions integer;
comment on column publication.state_partitions is
    'How many partitions the state topic has: with another number, a job''s state before would stay in another partition; null where that is not known yet.';
comment on column publication.halted_by is
    'What halted it: another-cluster, topic-replaced, partitions-changed, republish-unfinished, kafka-lost-data, database-set-back, histories-differ, history-damaged, state-topic-replaced, state-partitions-changed or refused-by-kafka.';
alter type publication_identity add attribute state_partitions integer;

create function replace_in(p_function text, p_before text, p_after text) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    definition text := pg_get_functiondef(p_function::regprocedure);
begin
    if position(p_before in definition) = 0 then
        raise exception '% is not the function that is to be changed', p_function;
    end if;
    execute replace(definition, p_before, p_after);
end $$;
comment on function replace_in is 'Changes a part of a function, and nothing else of it: for migrations.';

select replace_in('acknowledge_publication(json, publication_identity)',
    $$cursor_topic_id, state_topic_id, partitions, database_id)
    select organization_id, seq, decode(hash, 'hex'), clock_timestamp(), kafka.cluster_id, kafka.topic_id,
        kafka.cursor_topic_id, kafka.state_topic_id, kafka.partitions, database_id()$$,
    $$cursor_topic_id, state_topic_id, partitions, state_partitions, database_id)
    select organization_id, seq, decode(hash, 'hex'), clock_timestamp(), kafka.cluster_id, kafka.topic_id,
        kafka.cursor_topic_id, kafka.state_topic_id, kafka.partitions, kafka.state_partitions, database_id()$$);

select replace_in('next_states(json, json, integer, bigint)',
    'set state_topic_id = kafka.state_topic_id where',
    'set state_topic_id = kafka.state_topic_id, state_partitions = kafka.state_partitions where');

select replace_in('reconcile_publication(json, json)',
    'known.partitions as known_partitions',
    'known.partitions as known_partitions, known.state_partitions as known_state_partitions');
select replace_in('reconcile_publication(json, json)',
    '            end as verdict',
    $$                when acknowledged_seq > 0 and known_state_topic = kafka.state_topic_id
                    and known_state_partitions <> kafka.state_partitions then array[
                    'state-partitions-changed',
                    format('the state topic has %s partitions, the states of organization %s were written to %s: a job''s state before would stay beside the present one; remove the topic, or set kafka.topic.state to another, and run recover --from-topic, which has them written again',
                        kafka.state_partitions, organization_id, known_state_partitions)]
            end as verdict$$);
select replace_in('reconcile_publication(json, json)',
    'cursor_topic_id, state_topic_id, partitions, database_id, halted_by, halted)',
    'cursor_topic_id, state_topic_id, partitions, state_partitions, database_id, halted_by, halted)');
select replace_in('reconcile_publication(json, json)',
    'kafka.partitions, database_id(), verdict[1], verdict[2]',
    'kafka.partitions, case when verdict is null then kafka.state_partitions else known_state_partitions end, database_id(),
        verdict[1], verdict[2]');
select replace_in('reconcile_publication(json, json)',
    'partitions = case when excluded.halted is null then excluded.partitions else known.partitions end,',
    'partitions = case when excluded.halted is null then excluded.partitions else known.partitions end,
        state_partitions = excluded.state_partitions,');
