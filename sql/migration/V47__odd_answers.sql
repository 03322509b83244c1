-- Where a server left lastRun out for a time, or a job lost its connection for a moment, report.daily_status counted runs that nobody ran.

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
        select history.*, case change_kind
                -- A run that began did not end, and a job without a connection did not run; a status that we do not know may be an end.
                -- Who has its connection back, or tells its status again, did not run either, unless lastRun says so.
                when 'status-changed'
                    then coalesce(lower(last_status) not in ('running', 'queued', 'notconfigured', 'disconnected'), false)
                        and (is_new or coalesce(lower(previous_status) not in ('notconfigured', 'disconnected'), false))
                -- Where only lastBackup is new, the run was told of before; and so it was where lastRun is only told again.
                when 'run-completed' then 'lastRun' = any (changed_fields) and last_run is not null and is_new
                else false
            end as run_ended
        from jobtrail.job_history history
        left join lateral (
            -- Where no row has a lastRun, the status alone tells of a run.
            select coalesce(history.last_run <> max(earlier.last_run), max(earlier.last_run) is null) as is_new
            from (
                select last_run from jobtrail.job_history earlier
                where earlier.organization_id = history.organization_id and earlier.job_type = history.job_type
                    and earlier.job_id = history.job_id and earlier.seq < history.seq and earlier.last_run is not null
                order by earlier.seq desc limit 1
            ) earlier
            -- Nobody else's depends on it.
            where history.change_kind = 'run-completed' or history.change_kind = 'status-changed'
                and coalesce(lower(history.previous_status) in ('notconfigured', 'disconnected'), true)
        ) run on true
    ) history
    where observed_at >= bounds.begins and observed_at < bounds.ends and change_kind <> 'erased'
    group by source, organization_id, job_type, job_id
) line;
comment on column report.daily_status.runs_seen is
    'Runs that were seen to end: by a change to a status that is the end of one, or by lastRun alone.';

-- Who waits for what is halted waits for ever.
select replace_in(erasing,
    'raise exception ''row % of job % is not published yet',
    'if exists (select from publication where organization_id = p_organization_id and halted is not null) then
            raise exception ''job % is not erased, as nothing more is published of organization %: %'',
                p_job_id, p_organization_id,
                (select halted from publication where organization_id = p_organization_id) using errcode = ''JT005'';
        end if;
        raise exception ''row % of job % is not published yet')
from unnest(array['claim_erasure(text, text, text)', 'erase(text, text, text, bigint, json)']) erasing;
