-- Every observed change of a job's last status.
create or replace view report.status_change as
select source, organization_id, job_type, job_id, job_name, previous_status, last_status, last_run, observed_at, epoch, seq
from jobtrail.job_history
where change_kind = 'status-changed';

comment on view report.status_change is
    'Every observed change of a job''s last status. A job that fails again without having been seen to run changes nothing about it: see daily_status.';
comment on column report.status_change.source is 'The configured source, source.<name>.';
comment on column report.status_change.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.status_change.job_type is 'backup or copy.';
comment on column report.status_change.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.status_change.job_name is 'The job''s name after the change.';
comment on column report.status_change.previous_status is 'lastStatus before.';
comment on column report.status_change.last_status is 'lastStatus after.';
comment on column report.status_change.last_run is 'lastRun after the change.';
comment on column report.status_change.observed_at is 'When the change was observed.';
comment on column report.status_change.epoch is 'The epoch of the row of jobtrail.job_history.';
comment on column report.status_change.seq is 'The row of jobtrail.job_history that says so.';
