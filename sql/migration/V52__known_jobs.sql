-- The latest snapshot of a job stood in two places: in its last row, where hash and checkpoint prove it, and beside its digests, where
-- they do not, and from where the next row took what it says under before. Kept once, a first load writes a fifth less to PostgreSQL's
-- log, and a poll in which all changed half.

alter table job_state rename to known_job;
alter table known_job rename constraint job_state_once to known_job_once;
alter table known_job drop column snapshot;
alter table recovered_event drop column snapshot;

-- Without it, a row is a seventh as long: room for all of them a second time costs little.
alter table known_job set (fillfactor = 50);

comment on table known_job is 'What is known of each job, by digest: what the next poll is compared with.';
comment on column known_job.digest is 'Digest of the job''s latest snapshot as it is compared: enums in any case are the same. The snapshot is in row last_seq.';
comment on column known_job.api_version is 'The version of the API that the snapshot was read with.';
comment on column recovered_event.digest is 'The digest of the snapshot that the row leaves behind, as it is compared; null where it leaves none.';

-- Functions and views: e2c013c07eef00ce
