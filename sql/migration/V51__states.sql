-- What Kafka lost at the end of the state topic stayed lost until the job changed again. Its ends are noted as those of the events topic,
-- and where it lost something, all states are written again: the last of a job is the one that counts.

comment on table topic_end is 'Where each partition of an events or a state topic ended when it was looked at last: one that ends before that has lost something.';

-- Room on each page for all that is on it a second time (V29) is twice the pages when jobs are seen first, and a page that is added costs
-- more than what is written to it: an eighth of PostgreSQL's time then. Room for two more is enough where a part of the jobs changes in a
-- poll; where all of them do, again and again, the pages get the room that they need.
alter table job_state set (fillfactor = 75);

-- Functions and views: 010da165303809bb
