-- What a warehouse can live on: views that read only what they are asked for, that start from sealed rows where the rows before
-- are gone, and that tell for any time whether somebody looked.

-- Rows come in order of time: both grow at their end only.
create index job_history_by_time on job_history (observed_at);
create index poll_receipt_by_time on poll_receipt (source, started_at);

create table report_setting (
    only_one  boolean not null default true,
    time_zone text    not null default 'UTC',
    constraint report_setting_once primary key (only_one),
    constraint report_setting_is_one check (only_one)
);
comment on table report_setting is 'What the views are made by. One row, written at the program''s start.';
comment on column report_setting.only_one is 'There is no second row.';
comment on column report_setting.time_zone is 'report.time-zone: where the days of daily_status begin.';
insert into report_setting default values;

create function start_of_day(p_day date, p_zone text) returns timestamptz
    language sql stable parallel safe
-- Where a clock is set back at the end of a day's first hour, that hour comes twice: the day begins with the first of the two.
return case
    when ((p_day::timestamp at time zone p_zone) - interval '1 hour') at time zone p_zone >= p_day::timestamp
        then (p_day::timestamp at time zone p_zone) - interval '1 hour'
    else p_day::timestamp at time zone p_zone
end;
comment on function start_of_day is 'The moment at which a day begins in a time zone.';

create or replace view report.current_job as
select head.source, state.organization_id, head.organization_name, state.job_type, state.job_id, line.job_name,
    not state.missing as present, line.enabled, line.last_status, line.last_run, line.next_run, line.change_kind,
    line.observed_at as changed_at, state.last_seq as seq
from jobtrail.job_state state
join jobtrail.organization_head head using (organization_id)
join (
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.job_history
    union all
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.sealed_row
) line on line.organization_id = state.organization_id and line.seq = state.last_seq;
comment on column report.current_job.seq is 'The row of jobtrail.job_history, or of sealed_row, that says so.';

create or replace view report.job_version as
select source, organization_id, job_type, job_id, job_name, present, enabled, last_status, last_run, next_run, valid_from,
    valid_to, epoch, seq
from (
    select *, observed_at as valid_from,
        lead(observed_at) over (partition by organization_id, job_type, job_id order by seq) as valid_to
    from (
        -- An erasure changes nothing about the job; its row says whether the job was there. In JSON, a quote within a text has
        -- a backslash before it: the member cannot be mistaken for one.
        select source, organization_id, job_type, job_id, job_name, enabled, last_status, last_run, next_run, observed_at,
            epoch, seq, case change_kind
                when 'missing' then false
                when 'erased' then position('"present":true' in payload) > 0
                else true
            end as present
        from jobtrail.job_history
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
    'Every version of every job, as a slowly changing dimension: valid from valid_from until just before valid_to. Where retain has removed rows, from the job''s last row among them on.';
comment on column report.job_version.seq is 'The row of jobtrail.job_history, or of sealed_row, that says so.';
comment on column report.job_version.epoch is 'The epoch of that row.';

-- Day by day, so that a day is read through the index on the time.
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
        count(*) filter (where change_kind in ('status-changed', 'run-completed')) as runs_seen,
        count(*) filter (where change_kind = 'status-changed' and lower(last_status) = 'failed') as failures,
        count(*) filter (where change_kind = 'status-changed' and lower(last_status) = 'warning') as warnings
    from jobtrail.job_history
    where observed_at >= bounds.begins and observed_at < bounds.ends and change_kind <> 'erased'
    group by source, organization_id, job_type, job_id
) line;
comment on view report.daily_status is
    'What was seen of each job on each day on which it changed; days are those of report.time-zone.';
comment on column report.daily_status.day is 'The day, in report.time-zone.';

create function is_complete(p_not_complete text, p_organization_id text) returns boolean
    language sql immutable parallel safe
-- An entry that names no organization is about a list of them all.
return p_not_complete = '[]' or not exists (
    select from json_array_elements(p_not_complete::json) as entry
    where coalesce(entry ->> 'organizationId', p_organization_id) = p_organization_id
);
comment on function is_complete is 'Whether all lists of an organization were COMPLETE in an attempt, by what its receipt says was not.';

create function lists_with(p_organization_id text) returns bytea[]
    language sql stable parallel safe
return array(select digest from jobtrail.organization_list where p_organization_id = any (organization_ids));
comment on function lists_with is 'The lists of organizations in which one stands.';

create function covered_time(p_source text, p_organization_id text, p_from timestamptz, p_to timestamptz)
    returns table (from_time timestamptz, to_time timestamptz)
    language plpgsql stable set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    lists   bytea[] := lists_with(p_organization_id);
    first   timestamptz;
    last    timestamptz;
begin
    -- Where in an attempt an organization was read is not on record: somewhere between its beginning and its end. So two attempts
    -- are at most as far apart as from the beginning of the one to the end of the next, and nothing is said of the time from
    -- the beginning of the first to its end, nor of that of the last.
    select started_at into first from poll_receipt
    where source = p_source and started_at <= p_from and finished_at <= p_from
        and organization_digest = any (lists) and (not_complete = '[]' or is_complete(not_complete, p_organization_id))
    order by started_at desc limit 1;
    select finished_at into last from poll_receipt
    where source = p_source and started_at >= p_to
        and organization_digest = any (lists) and (not_complete = '[]' or is_complete(not_complete, p_organization_id))
    order by started_at limit 1;
    return query
        with complete as (
            select started_at, finished_at, period,
                min(finished_at) over (order by started_at desc, finished_at rows between unbounded preceding and 1 preceding)
                    as sooner
            from poll_receipt
            where source = p_source
                and started_at >= coalesce(first, '-infinity') and started_at <= coalesce(last, 'infinity')
                and organization_digest = any (lists)
                and (not_complete = '[]' or is_complete(not_complete, p_organization_id))
        ), consecutive as (
            -- An attempt that began before another and ended after it tells nothing that the other does not tell better.
            select started_at, finished_at,
                coalesce(finished_at > lag(started_at + 2 * period) over (order by started_at, finished_at), true) as far
            from complete
            where sooner is null or sooner >= finished_at
        ), islands as (
            select started_at, finished_at,
                count(*) filter (where far) over (order by started_at, finished_at rows unbounded preceding) as island
            from consecutive
        )
        select min(finished_at), max(started_at) from islands group by island
        having min(finished_at) < max(started_at) order by 1;
end $$;
comment on function covered_time is
    'The time that is covered around a range: between attempts that read the organization completely and are surely no more than two periods apart.';

create function coverage_since_listed(p_source text, p_organization_id text)
    returns table (from_time timestamptz, to_time timestamptz, covered boolean)
    language plpgsql stable set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    lists  bytea[] := lists_with(p_organization_id);
    first  poll_receipt;
    newest poll_receipt;
begin
    select * into first from poll_receipt
    where source = p_source and organization_digest = any (lists) order by started_at limit 1;
    if not found then
        return;
    end if;
    select * into newest from poll_receipt
    where source = p_source and organization_digest = any (lists) and is_complete(not_complete, p_organization_id)
    order by started_at desc limit 1;
    return query
        with islands as (
            select from_time, to_time from covered_time(p_source, p_organization_id, '-infinity', 'infinity')
        ), ends as (
            select coalesce(max(to_time), first.started_at) as known,
                case
                    when newest.source is not null and now() <= newest.started_at + 2 * newest.period then newest.started_at
                end as until
            from islands
        )
        select from_time, to_time, true from islands
        union all
        -- One attempt takes its time: that nothing is known of it, where all that follows is covered, is no blind time.
        select * from (
            select coalesce(lag(to_time) over (order by from_time), nullif(first.started_at, case
                when from_time = first.finished_at then first.started_at end)) as blind, from_time, false
            from islands
        ) gaps where blind < from_time
        union all
        select known, until, false from ends where until is null or known < until
        order by 1;
end $$;
comment on function coverage_since_listed is
    'The covered and the blind time of an organization, since an attempt first had it before it.';

create or replace view report.coverage as
select head.source, head.organization_id, time.from_time, time.to_time, time.covered
from jobtrail.organization_head head
cross join lateral jobtrail.coverage_since_listed(head.source, head.organization_id) time;
comment on view report.coverage is
    'The time of each organization since it was first listed, in intervals: covered where complete polls were surely at most two periods apart, else blind. It may understate what is covered, never overstate it.';
comment on column report.coverage.from_time is 'When the interval begins (included).';
comment on column report.coverage.to_time is 'When it ends (excluded); null where nobody has looked since.';
comment on column report.coverage.covered is 'false: for longer than two periods nobody looked, or not at all lists.';

create function report.coverage_of(p_organization text, p_from timestamptz, p_to timestamptz)
    returns table (from_time timestamptz, to_time timestamptz, covered boolean)
    language sql stable set search_path = jobtrail, pg_temp as $$
    with islands as (
        select greatest(time.from_time, p_from) as from_time, least(time.to_time, p_to) as to_time
        from organization_head head, covered_time(head.source, head.organization_id, p_from, p_to) time
        where head.organization_id = p_organization and time.from_time < p_to and time.to_time > p_from and p_from < p_to
    )
    select from_time, to_time, true from islands
    union all
    select * from (
        select coalesce(lag(to_time) over (order by from_time), p_from) as blind, from_time, false from islands
    ) gaps where blind < from_time
    union all
    select coalesce(max(to_time), p_from), p_to, false from islands having coalesce(max(to_time), p_from) < p_to
    order by 1
$$;
comment on function report.coverage_of is
    'The range from p_from until just before p_to in covered and blind intervals, without gap or overlap. Before the first complete poll of the organization and after the last, it is blind.';
