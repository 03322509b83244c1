create schema if not exists report;
comment on schema report is 'Views for reporting: the warehouse''s contract.';

create view report.current_job as
select head.source, state.organization_id, head.organization_name, state.job_type, state.job_id, line.job_name,
    not state.missing as present, line.enabled, line.last_status, line.last_run, line.next_run, line.change_kind,
    line.observed_at as changed_at, state.last_seq as seq
from jobtrail.job_state state
join jobtrail.organization_head head using (organization_id)
join jobtrail.job_history line on line.organization_id = state.organization_id and line.seq = state.last_seq;
comment on view report.current_job is 'Each job as it was last seen.';
comment on column report.current_job.source is 'The configured source, source.<name>.';
comment on column report.current_job.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.current_job.organization_name is 'The organization''s name at the last poll.';
comment on column report.current_job.job_type is 'backup or copy.';
comment on column report.current_job.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.current_job.job_name is 'The job''s name.';
comment on column report.current_job.enabled is 'isEnabled; where the job is missing, before it was.';
comment on column report.current_job.last_status is 'lastStatus, as the server spelled it.';
comment on column report.current_job.last_run is 'lastRun, cut to microseconds.';
comment on column report.current_job.next_run is 'nextRun, cut to microseconds.';
comment on column report.current_job.present is 'false where the job is missing from its organization''s list.';
comment on column report.current_job.change_kind is 'The last observed change.';
comment on column report.current_job.changed_at is 'When the last change was observed.';
comment on column report.current_job.seq is 'The row of jobtrail.job_history that says so.';

create view report.job_version as
select source, organization_id, job_type, job_id, job_name, change_kind <> 'missing' as present, enabled, last_status,
    last_run, next_run, valid_from, valid_to, epoch, seq
from (
    select *, observed_at as valid_from,
        lead(observed_at) over (partition by organization_id, job_type, job_id order by seq) as valid_to
    from jobtrail.job_history
) versions
where valid_to is distinct from valid_from;
comment on view report.job_version is
    'Every version of every job, as a slowly changing dimension: valid from valid_from until just before valid_to.';
comment on column report.job_version.source is 'The configured source, source.<name>.';
comment on column report.job_version.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.job_version.job_type is 'backup or copy.';
comment on column report.job_version.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.job_version.job_name is 'The job''s name in this version; the last one where the job was missing.';
comment on column report.job_version.enabled is 'isEnabled in this version.';
comment on column report.job_version.last_status is 'lastStatus in this version, as the server spelled it.';
comment on column report.job_version.last_run is 'lastRun in this version.';
comment on column report.job_version.next_run is 'nextRun in this version.';
comment on column report.job_version.epoch is 'The epoch of the row of jobtrail.job_history.';
comment on column report.job_version.seq is 'The row of jobtrail.job_history that says so.';
comment on column report.job_version.valid_from is 'When this version was first observed (included).';
comment on column report.job_version.valid_to is 'When the next version was observed (excluded); null for the latest.';
comment on column report.job_version.present is 'false while the job was missing.';

create view report.status_change as
select source, organization_id, job_type, job_id, job_name, previous_status, last_status, last_run, observed_at, epoch, seq
from jobtrail.job_history
where change_kind = 'status-changed';
comment on view report.status_change is 'Every observed change of a job''s last status.';
comment on column report.status_change.source is 'The configured source, source.<name>.';
comment on column report.status_change.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.status_change.job_type is 'backup or copy.';
comment on column report.status_change.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.status_change.job_name is 'The job''s name after the change.';
comment on column report.status_change.last_run is 'lastRun after the change.';
comment on column report.status_change.observed_at is 'When the change was observed.';
comment on column report.status_change.epoch is 'The epoch of the row of jobtrail.job_history.';
comment on column report.status_change.seq is 'The row of jobtrail.job_history that says so.';
comment on column report.status_change.previous_status is 'lastStatus before.';
comment on column report.status_change.last_status is 'lastStatus after.';

create view report.daily_status as
select source, organization_id, job_type, job_id, (observed_at at time zone 'UTC')::date as day,
    (array_agg(job_name order by seq desc))[1] as job_name,
    (array_agg(last_status order by seq desc))[1] as last_status,
    count(*) filter (where change_kind in ('status-changed', 'run-completed')) as runs_seen,
    count(*) filter (where change_kind = 'status-changed' and lower(last_status) = 'failed') as failures,
    count(*) filter (where change_kind = 'status-changed' and lower(last_status) = 'warning') as warnings
from jobtrail.job_history
group by source, organization_id, job_type, job_id, (observed_at at time zone 'UTC')::date;
comment on view report.daily_status is 'What was seen of each job on each day (UTC) on which it changed.';
comment on column report.daily_status.source is 'The configured source, source.<name>.';
comment on column report.daily_status.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.daily_status.job_type is 'backup or copy.';
comment on column report.daily_status.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.daily_status.job_name is 'The job''s name at its last change of the day.';
comment on column report.daily_status.day is 'The day, in UTC.';
comment on column report.daily_status.last_status is 'The job''s status at its last change of the day.';
comment on column report.daily_status.runs_seen is 'Observed changes of status or of the last run.';
comment on column report.daily_status.failures is 'Changes to Failed.';
comment on column report.daily_status.warnings is 'Changes to Warning.';

create view report.coverage as
with complete as (
    select receipt.source, listed.organization_id, receipt.started_at, receipt.period
    from jobtrail.poll_receipt receipt
    join jobtrail.organization_list list on list.digest = receipt.organization_digest
    cross join lateral unnest(list.organization_ids) as listed (organization_id)
    where not exists (
        select from json_array_elements(receipt.not_complete::json) as other
        where other ->> 'organizationId' = listed.organization_id
    )
), neighbours as (
    select *, lead(started_at) over (partition by organization_id order by started_at) as next_at from complete
)
select source, organization_id, started_at as from_time, next_at as to_time, next_at - started_at <= 2 * period as covered
from neighbours
where next_at is not null;
comment on view report.coverage is
    'The time between each two complete polls of an organization: covered where they were at most two periods apart.';
comment on column report.coverage.source is 'The configured source, source.<name>.';
comment on column report.coverage.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.coverage.from_time is 'A complete poll.';
comment on column report.coverage.to_time is 'The next complete poll.';
comment on column report.coverage.covered is 'false: nobody looked for longer than two periods.';
