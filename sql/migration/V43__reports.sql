-- Reports said too little: of a source whose polls take longer than a period nobody seemed to look at all, a job that failed every night
-- failed once, and an erasure was a version of which nothing is known.

-- Polls that follow one another at once leave no time in which nobody looks, however long each takes. But one that took much longer than the
-- ones before may have stood still, and read an organization at its beginning or at its end.
select replace_in('covered_time(text, text, timestamptz, timestamptz)',
    $$                coalesce(finished_at > lag(started_at + 2 * period) over (order by started_at, finished_at), true) as far
            from in_order
            where sooner is null or sooner >= finished_at$$,
    $$                coalesce(
                    finished_at > lag(started_at + 2 * period) over in_turn
                        and (started_at > lag(finished_at + period) over in_turn
                            or finished_at > lag(started_at + period) over in_turn + 3 * least(
                                finished_at - started_at, lag(finished_at - started_at) over in_turn,
                                lag(finished_at - started_at, 2) over in_turn)),
                    true) as far
            from in_order
            where sooner is null or sooner >= finished_at
            window in_turn as (order by started_at, finished_at)$$);
comment on function covered_time is
    'The time that is covered around a range: between attempts that read the organization completely and are surely no more than two periods apart, or of which one began within a period after the other, which took about as long, had ended.';

-- A poll that is on its way may take as long as the ones before.
select replace_in('coverage_since_listed(text, text)',
    '    newest poll_receipt;
begin',
    '    newest poll_receipt;
    usual  interval;
begin');
select replace_in('coverage_since_listed(text, text)',
    '    return query
        with islands as (',
    '    select min(lasted) into usual from (
        select coalesce(copies_read_at(poll_receipt, p_organization_id), finished_at) - started_at as lasted from poll_receipt
        where source = p_source and organization_digest = any (lists) and is_complete(not_complete, p_organization_id)
            and (share is null or copies_read_at(poll_receipt, p_organization_id) is not null)
        order by started_at desc limit 3
    ) last_ones;
    return query
        with islands as (');
select replace_in('coverage_since_listed(text, text)',
    'now() <= newest.started_at + 2 * newest.period then',
    'now() <= newest.started_at + newest.period + greatest(newest.period, 2 * usual) then');

comment on view report.coverage is
    'The time of each organization since it was first listed, in intervals: covered where complete polls were surely at most two periods apart, or one began within a period after the one before, which took about as long, had ended; else blind. It may understate what is covered, never overstate it.';
comment on column report.coverage.covered is
    'false: for longer than two periods nobody looked, or not at all lists. A poll that takes longer than that is one look.';

create or replace view report.job_version as
select source, organization_id, job_type, job_id, job_name, present, enabled, last_status, last_run, next_run, valid_from,
    valid_to, epoch, seq
from (
    select *, observed_at as valid_from,
        lead(observed_at) over (partition by organization_id, job_type, job_id order by seq) as valid_to
    from (
        -- An erasure changes nothing about the job, and begins no version where there is one. Where all rows before are gone, its own
        -- says whether the job was there. In JSON, a quote within a text has a backslash before it: the member cannot be mistaken for one.
        select source, organization_id, job_type, job_id, job_name, enabled, last_status, last_run, next_run, observed_at,
            epoch, seq, case change_kind
                when 'missing' then false
                when 'erased' then position('"present":true' in payload) > 0
                else true
            end as present
        from jobtrail.job_history line
        where change_kind <> 'erased'
            or not exists (
                select from jobtrail.job_history older
                where older.organization_id = line.organization_id and older.job_type = line.job_type
                    and older.job_id = line.job_id and older.seq < line.seq)
            and not exists (
                select from jobtrail.sealed_row older
                where older.organization_id = line.organization_id and older.job_type = line.job_type
                    and older.job_id = line.job_id)
        union all
        select source, organization_id, job_type, job_id, job_name, enabled, last_status, last_run, next_run, observed_at,
            epoch, seq, case change_kind
                when 'missing' then false
                when 'erased' then position('"present":true' in payload) > 0
                else true
            end
        from jobtrail.sealed_row
    ) line
) versions
where valid_to is distinct from valid_from;
comment on view report.job_version is
    'Every version of every job, as a slowly changing dimension: valid from valid_from until just before valid_to. An erasure begins none. Where retain has removed rows, from the job''s last row among them on.';

comment on view report.current_job is
    'Each job as it was last seen; of one that was erased, only that it was there, until it is seen again.';

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
        select *, case change_kind
                -- A run that began did not end, and a job without a connection did not run; a status that we do not know may be an end.
                when 'status-changed'
                    then coalesce(lower(last_status) not in ('running', 'queued', 'notconfigured', 'disconnected'), false)
                -- Where only lastBackup is new, the run was told of before.
                when 'run-completed' then 'lastRun' = any (changed_fields)
                else false
            end as run_ended
        from jobtrail.job_history
    ) history
    where observed_at >= bounds.begins and observed_at < bounds.ends and change_kind <> 'erased'
    group by source, organization_id, job_type, job_id
) line;
comment on column report.daily_status.runs_seen is
    'Runs that were seen to end: by a change to a status that is the end of one, or by lastRun alone.';
comment on column report.daily_status.failures is 'Of them, those that ended as Failed.';
comment on column report.daily_status.warnings is 'Of them, those that ended as Warning.';
comment on view report.status_change is
    'Every observed change of a job''s last status. A job that fails again without having been seen to run changes nothing about it: see daily_status.';
