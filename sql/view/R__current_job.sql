-- Each job as it was last seen, also where retain has removed the row that says so.
create or replace view report.current_job as
select head.source, state.organization_id, head.organization_name, state.job_type, state.job_id, line.job_name,
    not state.missing as present, line.enabled, line.last_status, line.last_run, line.next_run, line.change_kind,
    line.observed_at as changed_at, state.last_seq as seq,
    head.gone_since as organization_gone_since
from jobtrail.known_job state
join jobtrail.organization_head head using (organization_id)
join (
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.job_history
    union all
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.sealed_row
) line on line.organization_id = state.organization_id and line.seq = state.last_seq;

comment on view report.current_job is
    'Each job as it was last seen; of one that was erased, only that it was there, until it is seen again.';
comment on column report.current_job.source is 'The configured source, source.<name>.';
comment on column report.current_job.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.current_job.organization_name is 'The organization''s name at the last poll.';
comment on column report.current_job.job_type is 'backup or copy.';
comment on column report.current_job.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.current_job.job_name is 'The job''s name.';
comment on column report.current_job.present is 'false where the job is missing from its organization''s list.';
comment on column report.current_job.enabled is 'isEnabled; where the job is missing, before it was.';
comment on column report.current_job.last_status is 'lastStatus, as the server spelled it.';
comment on column report.current_job.last_run is 'lastRun, cut to microseconds.';
comment on column report.current_job.next_run is 'nextRun, cut to microseconds.';
comment on column report.current_job.change_kind is 'The last observed change.';
comment on column report.current_job.changed_at is 'When the last change was observed.';
comment on column report.current_job.seq is 'The row of jobtrail.job_history, or of sealed_row, that says so.';
comment on column report.current_job.organization_gone_since is
    'Since when the server does not list the organization any more; null where it does. Its jobs are as they were last seen.';
