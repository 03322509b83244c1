-- When somebody looked: what the report views ask.

create or replace function start_of_day(p_day date, p_zone text) returns timestamptz
    language sql stable parallel safe
-- Where a clock is set back at the end of a day's first hour, that hour comes twice: the day begins with the first of the two.
return case
    when ((p_day::timestamp at time zone p_zone) - interval '1 hour') at time zone p_zone >= p_day::timestamp
        then (p_day::timestamp at time zone p_zone) - interval '1 hour'
    else p_day::timestamp at time zone p_zone
end;
comment on function start_of_day is
    'The moment at which a day begins in a time zone.';

create or replace function is_complete(p_not_complete text, p_organization_id text) returns boolean
    language sql immutable parallel safe
-- An entry that names no organization is about a list of them all.
return p_not_complete = '[]' or not exists (
    select from json_array_elements(p_not_complete::json) as entry
    where coalesce(entry ->> 'organizationId', p_organization_id) = p_organization_id
);
comment on function is_complete is
    'Whether all lists of an organization were COMPLETE in an attempt, by what its receipt says was not.';

create or replace function lists_with(p_organization_id text) returns bytea[]
    language sql stable parallel safe
return array(select digest from jobtrail.organization_list where p_organization_id = any (organization_ids));
comment on function lists_with is
    'The lists of organizations in which one stands.';

create or replace function copies_read_at(p_share poll_receipt, p_organization_id text) returns timestamptz
    language sql stable set search_path = jobtrail, pg_temp as $$
    select copies.finished_at from poll_receipt copies
    where copies.source = p_share.source and copies.attempt = p_share.attempt and copies.share = p_share.shares + 1
        and copies.outcome <> 'FAILED' and is_complete(copies.not_complete, p_organization_id)
$$;
comment on function copies_read_at is
    'When the copy jobs that belong to a share of an attempt had been read, completely for an organization; null where they were not.';

create or replace function covered_time(p_source text, p_organization_id text, p_from timestamptz, p_to timestamptz)
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
        and (share is null or copies_read_at(poll_receipt, p_organization_id) <= p_from)
    order by started_at desc limit 1;
    select coalesce(copies_read_at(poll_receipt, p_organization_id), finished_at) into last from poll_receipt
    where source = p_source and started_at >= p_to
        and organization_digest = any (lists) and (not_complete = '[]' or is_complete(not_complete, p_organization_id))
        and (share is null or copies_read_at(poll_receipt, p_organization_id) is not null)
    order by started_at limit 1;
    return query
        with complete as (
            -- The copy jobs of a share's organizations come last.
            select one.started_at, one.period, case when one.share is null then one.finished_at else copies.finished_at end as finished_at
            from poll_receipt one
            left join poll_receipt copies
                on copies.source = one.source and copies.attempt = one.attempt and copies.share = one.shares + 1
                and copies.outcome <> 'FAILED'
                and (copies.not_complete = '[]' or is_complete(copies.not_complete, p_organization_id))
            where one.source = p_source
                and one.started_at >= coalesce(first, '-infinity') and one.started_at <= coalesce(last, 'infinity')
                and one.organization_digest = any (lists)
                and (one.not_complete = '[]' or is_complete(one.not_complete, p_organization_id))
        ), in_order as (
            select started_at, finished_at, period,
                min(finished_at) over (order by started_at desc, finished_at rows between unbounded preceding and 1 preceding)
                    as sooner
            from complete where finished_at is not null
        ), consecutive as (
            -- An attempt that began before another and ended after it tells nothing that the other does not tell better.
            select started_at, finished_at,
                coalesce(
                    finished_at > lag(started_at + 2 * period) over in_turn
                        and (started_at > lag(finished_at + period) over in_turn
                            or finished_at > lag(started_at + period) over in_turn + 3 * least(
                                finished_at - started_at, lag(finished_at - started_at) over in_turn,
                                lag(finished_at - started_at, 2) over in_turn)),
                    true) as far
            from in_order
            where sooner is null or sooner >= finished_at
            window in_turn as (order by started_at, finished_at)
        ), islands as (
            select started_at, finished_at,
                count(*) filter (where far) over (order by started_at, finished_at rows unbounded preceding) as island
            from consecutive
        )
        select min(finished_at), max(started_at) from islands group by island
        having min(finished_at) < max(started_at) order by 1;
end $$;
comment on function covered_time is
    'The time that is covered around a range: between attempts that read the organization completely and are surely no more than two periods apart, or of which one began within a period after the other, which took about as long, had ended.';

create or replace function coverage_since_listed(p_source text, p_organization_id text)
    returns table (from_time timestamptz, to_time timestamptz, covered boolean)
    language plpgsql stable security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    lists  bytea[] := lists_with(p_organization_id);
    first  poll_receipt;
    newest poll_receipt;
    usual  interval;
begin
    select * into first from poll_receipt
    where source = p_source and organization_digest = any (lists) order by started_at limit 1;
    if not found then
        return;
    end if;
    select * into newest from poll_receipt
    where source = p_source and organization_digest = any (lists) and is_complete(not_complete, p_organization_id)
        and (share is null or copies_read_at(poll_receipt, p_organization_id) is not null)
    order by started_at desc limit 1;
    select min(lasted) into usual from (
        select coalesce(copies_read_at(poll_receipt, p_organization_id), finished_at) - started_at as lasted from poll_receipt
        where source = p_source and organization_digest = any (lists) and is_complete(not_complete, p_organization_id)
            and (share is null or copies_read_at(poll_receipt, p_organization_id) is not null)
        order by started_at desc limit 3
    ) last_ones;
    return query
        with islands as (
            select from_time, to_time from covered_time(p_source, p_organization_id, '-infinity', 'infinity')
        ), ends as (
            select coalesce(max(to_time), first.started_at) as known,
                case
                    when newest.source is not null and now() <= newest.started_at + newest.period + greatest(newest.period, 2 * usual) then newest.started_at
                end as until
            from islands
        )
        select from_time, to_time, true from islands
        union all
        -- One attempt takes its time: that nothing is known of it, where all that follows is covered, is no blind time.
        select * from (
            select coalesce(lag(to_time) over (order by from_time), nullif(first.started_at, case
                when from_time = coalesce(copies_read_at(first, p_organization_id), first.finished_at) then first.started_at end)) as blind, from_time, false
            from islands
        ) gaps where blind < from_time
        union all
        select known, until, false from ends where until is null or known < until
        order by 1;
end $$;
comment on function coverage_since_listed is
    'The covered and the blind time of an organization, since an attempt first had it before it.';

create or replace function report.coverage_of(p_organization text, p_from timestamptz, p_to timestamptz)
    returns table (from_time timestamptz, to_time timestamptz, covered boolean)
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
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
