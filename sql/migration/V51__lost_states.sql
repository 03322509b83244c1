-- What Kafka lost at the end of the state topic stayed lost until the job changed again. Its ends are noted as those of the events topic,
-- and where it lost something, all states are written again: the last of a job is the one that counts.

comment on table topic_end is 'Where each partition of an events or a state topic ended when it was looked at last: one that ends before that has lost something.';

-- Functions and views: 3280e26269c08699
