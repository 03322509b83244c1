-- What was seen of each job on each day on which it changed, and how many of its runs ended.
create or replace view report.daily_status as
select line.source, line.organization_id, line.job_type, line.job_id, day.day, line.job_name, line.last_status, line.runs_seen,
    line.failures, line.warnings
from (
    select extent.time_zone, extent.first_day + n as day
    from (
        select time_zone,
            (select (min(observed_at) at time zone time_zone)::date from jobtrail.job_history) as first_day,
            (select (max(observed_at) at time zone time_zone)::date from jobtrail.job_history) as last_day
        from jobtrail.report_setting
    ) extent
    cross join lateral generate_series(0, extent.last_day - extent.first_day) as n
) day
-- Once for a day, and not once for each row that is compared with it: offset keeps it apart.
cross join lateral (
    select jobtrail.start_of_day(day.day, day.time_zone) as begins, jobtrail.start_of_day(day.day + 1, day.time_zone) as ends
    offset 0
) bounds
cross join lateral (
    select source, organization_id, job_type, job_id,
        (array_agg(job_name order by seq desc))[1] as job_name,
        (array_agg(last_status order by seq desc))[1] as last_status,
        count(*) filter (where run_ended) as runs_seen,
        count(*) filter (where run_ended and lower(last_status) = 'failed') as failures,
        count(*) filter (where run_ended and lower(last_status) = 'warning') as warnings
    from (
        select history.*, case
                -- Where only lastBackup is new, the run was told of before; and so it was where lastRun is only told again.
                when change_kind = 'run-completed' then 'lastRun' = any (changed_fields) and last_run is not null and is_new
                when change_kind <> 'status-changed' or not may_be_end then false
                -- Who has its connection back, or waited, or has a status that we do not know, may have run: lastRun says so.
                else is_end or is_new
            end as run_ended
        from jobtrail.job_history history
        cross join lateral (
            select
                -- A run that began did not end, and a job without a connection did not run.
                coalesce(became not in (
                    'running', 'queued', 'starting', 'stopping', 'deleting', 'notconfigured', 'disconnected'), false) as may_be_end,
                coalesce(
                    became in ('success', 'warning', 'failed', 'stopped')
                        and was in ('success', 'warning', 'failed', 'stopped', 'running', 'stopping'), false) as is_end
            from (select lower(btrim(last_status)) as became, lower(btrim(previous_status)) as was) spelled
        ) status
        cross join lateral (
            -- A server that was set back, or answers in turn with another one, tells of old runs again. Where no row has a lastRun, the
            -- status alone tells of a run.
            select coalesce(history.last_run > max(earlier.last_run), max(earlier.last_run) is null) as is_new
            from (
                select last_run from jobtrail.job_history earlier
                where earlier.organization_id = history.organization_id and earlier.job_type = history.job_type
                    and earlier.job_id = history.job_id and earlier.seq < history.seq and earlier.last_run is not null
                    and coalesce(lower(btrim(earlier.last_status)) not in (
                        'running', 'queued', 'starting', 'stopping', 'deleting', 'notconfigured', 'disconnected'), true)
                order by earlier.seq desc limit 10
            ) earlier
            -- Nobody else's depends on it.
            where history.change_kind = 'run-completed'
                or history.change_kind = 'status-changed' and status.may_be_end and not status.is_end
        ) run
    ) history
    where observed_at >= bounds.begins and observed_at < bounds.ends and change_kind <> 'erased'
    group by source, organization_id, job_type, job_id
) line;

comment on view report.daily_status is
    'What was seen of each job on each day on which it changed; days are those of report.time-zone.';
comment on column report.daily_status.source is 'The configured source, source.<name>.';
comment on column report.daily_status.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.daily_status.job_type is 'backup or copy.';
comment on column report.daily_status.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.daily_status.day is 'The day, in report.time-zone.';
comment on column report.daily_status.job_name is 'The job''s name at its last change of the day.';
comment on column report.daily_status.last_status is 'The job''s status at its last change of the day.';
comment on column report.daily_status.runs_seen is
    'Runs that were seen to end: by a change to a status that is the end of one, or by lastRun alone.';
comment on column report.daily_status.failures is 'Of them, those that ended as Failed.';
comment on column report.daily_status.warnings is 'Of them, those that ended as Warning.';
