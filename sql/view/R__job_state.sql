-- What the last row of each job says of it, also where retain has removed all that came before.
create or replace view job_state as
select organization_id, job_type, job_id, (
        select coalesce(line.payload::json ->> 'after', line.payload::json ->> 'before', '{}')
        from (
            select organization_id, seq, job_type, job_id, payload from job_history
            union all
            select organization_id, seq, job_type, job_id, payload from sealed_row
        ) line
        where line.organization_id = known.organization_id and line.seq = known.last_seq
            and line.job_type = known.job_type and line.job_id = known.job_id
        limit 1
    ) as snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq
from known_job known;

comment on view job_state is 'What is known of each job, with its latest snapshot, which is read from its last row.';
comment on column job_state.organization_id is 'The organization''s id in VB365.';
comment on column job_state.job_type is 'backup or copy.';
comment on column job_state.job_id is 'The job''s id in VB365.';
comment on column job_state.snapshot is 'JSON: the after of the job''s last row; the before where that says missing, and {} where it says erased; null where the row is not there.';
comment on column job_state.digest is 'As in known_job.';
comment on column job_state.raw_digest is 'As in known_job.';
comment on column job_state.api_version is 'As in known_job.';
comment on column job_state.missing is 'As in known_job.';
comment on column job_state.absent_polls is 'As in known_job.';
comment on column job_state.last_seq is 'As in known_job.';
