-- What Kafka loses at the end of a partition, while the cursors survive, was found by verify only: a cursor tells a row and no offset. And
-- a history was gone on with though its head and its last row contradicted each other.

create table topic_end (
    topic_id    text        not null,
    partition   integer     not null,
    end_offset  bigint      not null,
    noted_at    timestamptz not null,
    primary key (topic_id, partition)
) with (fillfactor = 50);
comment on table topic_end is 'Where each partition of an events topic ended when it was looked at last: one that ends before that has lost something.';
comment on column topic_end.topic_id is 'The id that Kafka gave to the topic.';
comment on column topic_end.partition is 'The number of the partition.';
comment on column topic_end.end_offset is 'The offset of the next record then.';
comment on column topic_end.noted_at is 'The database''s clock when it was noted.';

-- It takes the ends now, and an older program, which has none, calls it as before.
drop function reconcile_publication(json, json);

comment on column publication.halted_by is
    'What halted it: another-cluster, topic-replaced, partitions-changed, republish-unfinished, kafka-lost-data, database-set-back, histories-differ, kafka-lost-events, history-damaged, state-topic-replaced, state-partitions-changed or refused-by-kafka.';

comment on column poll_receipt.reason is 'Why the source as a whole could not be read, or its list of organizations not completely.';
comment on column poll_receipt.rejected is 'How many elements of job lists could not be read; of the list of organizations, reason tells.';

-- Functions and views: 8604ea61940f34fc
