-- Instances that share the polling: a cycle is begun by one of them, its organizations are polled in shares, each of which has a
-- receipt of its own. Share 0 tells of the attempt itself, share n + 1 of the copy jobs, which are one list of the whole source.
-- Programs of before call open_attempt(text) and write receipts without a share: both go on to work.

alter table source_head add column opened_at timestamptz, add column seen_at timestamptz;
comment on column source_head.opened_at is 'When the newest attempt was begun.';
comment on column source_head.seen_at is 'When the instance that began it gave its last sign of life.';

alter table poll_receipt
    add column share integer,
    add column shares integer,
    drop constraint poll_receipt_one_for_an_attempt,
    add constraint poll_receipt_one_for_a_share unique nulls not distinct (source, attempt, share);
comment on table poll_receipt is
    'One row per attempt to poll a source, or per share of it where instances share the polling; also a failed one. An attempt, or a share, without a receipt was cut short.';
comment on column poll_receipt.share is
    'Null for a whole attempt. Of one that was shared: 0 for the list of organizations, 1 to shares for those of a share, one more for the copy jobs of all.';
comment on column poll_receipt.shares is 'In how many shares the organizations of the attempt were polled; null for a whole attempt.';
comment on column poll_receipt.started_at is 'The database''s clock when the attempt, or its share, began.';
comment on column poll_receipt.outcome is 'COMPLETE, PARTIAL or FAILED, of all the lists of the attempt, or of the share.';

-- A receipt without a share has the same bytes as ever. One with a share always has those of the server too: no two receipts can
-- have the same bytes.
create or replace function poll_receipt_item(receipt poll_receipt) returns bytea
    language sql stable parallel safe
return length_prefixed(receipt.source) || length_prefixed(receipt.seq::text) || length_prefixed(receipt.attempt::text)
    || length_prefixed(iso(receipt.started_at)) || length_prefixed(iso(receipt.finished_at))
    || length_prefixed(receipt.outcome) || length_prefixed(receipt.reason)
    || length_prefixed((extract(epoch from receipt.period) * 1000)::bigint::text)
    || length_prefixed(receipt.api_version) || length_prefixed(receipt.program_version)
    || length_prefixed((extract(epoch from receipt.clock_offset) * 1000)::bigint::text)
    || length_prefixed(receipt.organizations::text) || length_prefixed(receipt.jobs::text)
    || length_prefixed(receipt.changes::text) || length_prefixed(receipt.rejected::text)
    || length_prefixed(receipt.organization_digest) || length_prefixed(receipt.not_complete)
    || length_prefixed(receipt.lists_digest)
    || case
        when receipt.installation_id is null and receipt.product_version is null and receipt.share is null then ''::bytea
        else length_prefixed(receipt.installation_id) || length_prefixed(receipt.product_version)
    end
    || case
        when receipt.share is null then ''::bytea
        else length_prefixed(receipt.share::text) || length_prefixed(receipt.shares::text)
    end;

create table poll_share (
    source        text    not null,
    attempt       bigint  not null,
    share         integer not null,
    shares        integer not null,
    organizations text    not null,
    taking        integer not null default 0,
    taken_by      text,
    taken_at      timestamptz,
    seen_at       timestamptz,
    after_share   integer,
    constraint poll_share_once primary key (source, attempt, share)
);
comment on table poll_share is 'Who polls which organizations, of each source''s newest attempt that is shared by instances.';
comment on column poll_share.source is 'The configured source, source.<name>.';
comment on column poll_share.attempt is 'The attempt to poll the source.';
comment on column poll_share.share is 'From 1 to shares; one more for the copy jobs of all organizations.';
comment on column poll_share.shares is 'In how many shares the organizations are polled.';
comment on column poll_share.organizations is 'JSON array of the organizations of the share.';
comment on column poll_share.taking is 'How often it was taken: only who took it last may write its receipt.';
comment on column poll_share.taken_by is 'The instance that took it last.';
comment on column poll_share.taken_at is 'When it was taken last.';
comment on column poll_share.seen_at is 'When that instance gave its last sign of life.';
comment on column poll_share.after_share is 'Of the copy jobs: the share after whose end they are read.';

create or replace function open_attempt(p_source text) returns table (attempt bigint, started_at text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    perform durable();
    return query
        insert into source_head as head (source, last_attempt, opened_at, seen_at)
        values (p_source, 1, clock_timestamp(), clock_timestamp())
        on conflict (source) do update
        set last_attempt = head.last_attempt + 1, opened_at = clock_timestamp(), seen_at = clock_timestamp()
        returning head.last_attempt, iso(head.opened_at);
end $$;

create function is_over(p_source text, p_attempt bigint) returns boolean
    language sql stable set search_path = jobtrail, pg_temp as $$
    -- Receipts of shares: that of the attempt, one of each share, and that of the copy jobs.
    select coalesce(every(share is null) or count(*) = max(shares) + 2, false)
    from poll_receipt where source = p_source and attempt = p_attempt
$$;
comment on function is_over is 'Whether all of an attempt has its receipts.';

create function begin_attempt(p_source text, p_period interval, p_patience interval)
    returns table (attempt bigint, started_at text, due_in double precision, untaken boolean, given_up boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head       source_head;
    last_sign  timestamptz;
    v_patience interval;
    v_untaken  boolean := false;
    v_given_up boolean := false;
begin
    if p_period is null then
        return query select opened.attempt, opened.started_at, 0.0::double precision, false, false from open_attempt(p_source) opened;
        return;
    end if;
    perform durable();
    insert into source_head (source) values (p_source) on conflict (source) do nothing;
    select * into strict head from source_head where source = p_source for update;
    -- A clock that was set back keeps nobody waiting.
    if clock_timestamp() >= head.opened_at and clock_timestamp() < head.opened_at + p_period then
        return query select null::bigint, null::text,
            extract(epoch from head.opened_at + p_period - clock_timestamp())::double precision, false, false;
        return;
    end if;
    -- One that takes longer than a period is followed at once. One of which nobody gives a sign of life any more is given up.
    if head.last_attempt > 0 and not is_over(p_source, head.last_attempt) then
        -- A share comes to another instance only when Kafka has missed the one that had it; who begins an attempt is replaced by nobody.
        select greatest(head.seen_at, max(seen_at)), coalesce(every(taking = 0), false),
            case when count(*) > 0 then p_patience else p_patience / 3 end
        into last_sign, v_untaken, v_patience
        from poll_share where source = p_source and attempt = head.last_attempt;
        if clock_timestamp() >= last_sign and clock_timestamp() < last_sign + v_patience then
            return query select null::bigint, null::text, 0.0::double precision, false, false;
            return;
        end if;
        v_given_up := true;
    end if;
    return query
        select opened.attempt, opened.started_at, 0.0::double precision, v_untaken, v_given_up from open_attempt(p_source) opened;
end $$;
comment on function begin_attempt is
    'Numbers an attempt: without a period at once; where instances share the polling, for the first that asks when it is due. Others are told when to ask again. untaken: the attempt before was given up without that anybody had taken a share of it.';

create function share_out(p_source text, p_attempt bigint, p_shares json) returns integer
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    v_shares integer := json_array_length(p_shares);
begin
    perform durable();
    perform from source_head where source = p_source for update;
    -- Whoever comes so late that the next attempt is handed out already has nothing to hand out.
    if exists (select from poll_share where source = p_source and attempt > p_attempt) then
        return null;
    end if;
    delete from poll_share where source = p_source and attempt < p_attempt;
    -- As they were written, never taken apart: a name may hold what no column can.
    insert into poll_share (source, attempt, share, shares, organizations)
    select p_source, p_attempt, number, v_shares, organizations::text
    from json_array_elements(p_shares) with ordinality as listed (organizations, number)
    union all
    select p_source, p_attempt, v_shares + 1, v_shares, '[]';
    return v_shares;
end $$;
comment on function share_out is 'Keeps which organizations each share of an attempt has. Null where a later attempt has been handed out.';

create function take_share(p_source text, p_attempt bigint, p_share integer, p_polled boolean, p_instance text)
    returns table (share integer, shares integer, taking integer, started_at text, organizations text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    mine poll_share;
begin
    perform durable();
    select * into mine from poll_share where source = p_source and attempt = p_attempt and share = p_share for update;
    if not found then
        return;
    end if;
    if not has_receipt(p_source, p_attempt, p_share) then
        -- Whoever has polled it and has no receipt lost it to somebody else: it is not taken back.
        if p_polled then
            return;
        end if;
    else
        -- The copy jobs come after all backup jobs, once: after the end of one of the shares that ended last.
        if (select count(*) from poll_receipt
            where source = p_source and attempt = p_attempt and share between 1 and mine.shares) < mine.shares then
            return;
        end if;
        select * into mine from poll_share where source = p_source and attempt = p_attempt and share = mine.shares + 1 for update;
        if mine.after_share <> p_share or has_receipt(p_source, p_attempt, mine.share) then
            return;
        end if;
    end if;
    return query
        update poll_share held
        set taking = held.taking + 1, taken_by = p_instance, taken_at = clock_timestamp(), seen_at = clock_timestamp(),
            after_share = case when held.share > held.shares then p_share end
        where source = p_source and attempt = p_attempt and share = mine.share
        returning held.share, held.shares, held.taking, iso(held.taken_at), case
            when held.share <= held.shares then held.organizations
            else (
                select '[' || string_agg(substr(other.organizations, 2, length(other.organizations) - 2), ',' order by other.share) || ']'
                from poll_share other
                where other.source = p_source and other.attempt = p_attempt and other.share <= other.shares
            )
        end;
end $$;
comment on function take_share is
    'Gives an instance the right to poll a share, and to write its receipt, in place of whoever took it before. Where that is done: the copy jobs, after the last share; else nothing.';

create function give_sign(p_in_hand json) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
begin
    -- In one order, whoever else gives signs of others at the same time.
    perform from poll_share share, json_to_recordset(p_in_hand) as held (source text, attempt bigint, share integer, taking integer)
    where (share.source, share.attempt, share.share, share.taking) = (held.source, held.attempt, held.share, held.taking)
    order by share.source, share.attempt, share.share for update of share;
    update poll_share share
    set seen_at = clock_timestamp()
    from json_to_recordset(p_in_hand) as held (source text, attempt bigint, share integer, taking integer)
    where (share.source, share.attempt, share.share, share.taking) = (held.source, held.attempt, held.share, held.taking);
    update source_head head
    set seen_at = clock_timestamp()
    from json_to_recordset(p_in_hand) as held (source text, attempt bigint, share integer)
    where head.source = held.source and head.last_attempt = held.attempt and coalesce(held.share, 0) = 0;
end $$;
comment on function give_sign is 'Tells that an instance still works on the attempts that it began and on the shares that it took.';

create function has_receipt(p_source text, p_attempt bigint, p_share integer) returns boolean
    language sql stable set search_path = jobtrail, pg_temp as $$
    select exists (select from poll_receipt where source = p_source and attempt = p_attempt and share = p_share)
$$;
comment on function has_receipt is 'Whether a share of an attempt has its receipt.';

create or replace function write_receipt(p_receipt json) returns bigint
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head    source_head;
    receipt poll_receipt;
    written bigint;
begin
    perform durable();
    receipt := json_populate_record(null::poll_receipt, p_receipt);
    select * into strict head from source_head where source = receipt.source for update;
    -- Whoever lost the answer asks again.
    select seq into written from poll_receipt
    where source = receipt.source and attempt = receipt.attempt and share is not distinct from receipt.share;
    if written is not null then
        return written;
    end if;
    -- Somebody else polls the share again, and will tell of it.
    if exists (
        select from poll_share
        where source = receipt.source and attempt = receipt.attempt and share = receipt.share
            and taking <> (p_receipt ->> 'taking')::integer) then
        return null;
    end if;
    receipt.seq := head.last_receipt + 1;
    receipt.finished_at := greatest(clock_timestamp(), receipt.started_at);
    receipt.prev_hash := head.last_hash;
    if p_receipt ->> 'organization_ids' is not null then
        insert into organization_list (digest, organization_ids)
        select sha256(string_agg(length_prefixed(id), '' order by id collate "C")), array_agg(id order by id collate "C")
        from json_array_elements_text(p_receipt -> 'organization_ids') as listed (id)
        having count(*) > 0
        on conflict (digest) do nothing;
        select sha256(string_agg(length_prefixed(id), '' order by id collate "C")) into receipt.organization_digest
        from json_array_elements_text(p_receipt -> 'organization_ids') as listed (id);
    end if;
    receipt.hash := chain_step(null, receipt.prev_hash, 'jobtrail/poll_receipt/1', poll_receipt_item(receipt));
    insert into poll_receipt select receipt.*;
    update source_head
    set last_receipt = receipt.seq, last_hash = receipt.hash
    where source = receipt.source;
    update source_head
    set last_complete_at = greatest(last_complete_at, (
        select min(started_at) from poll_receipt where source = receipt.source and attempt = receipt.attempt))
    where source = receipt.source and receipt.outcome = 'COMPLETE' and is_over(receipt.source, receipt.attempt)
        and not exists (
            select from poll_receipt
            where source = receipt.source and attempt = receipt.attempt and outcome <> 'COMPLETE');
    return receipt.seq;
end $$;
comment on function write_receipt is
    'Numbers, chains and appends the receipt of an attempt, or of a share of it; one that has its receipt keeps it. Null where somebody else has taken the share since.';

create function last_cycle(p_source text)
    returns table (attempt bigint, outcome text, organizations bigint, jobs bigint, changes bigint, not_complete bigint,
        reason text, seconds double precision, instances bigint, complete_seconds_ago double precision)
    language sql stable set search_path = jobtrail, pg_temp as $$
    select receipt.attempt,
        case
            when every(receipt.outcome = 'COMPLETE') then 'COMPLETE'
            when every(receipt.outcome = 'FAILED') then 'FAILED'
            else 'PARTIAL'
        end,
        -- Share 0 has all organizations, the others have their own.
        coalesce(sum(receipt.organizations) filter (where coalesce(receipt.share, 0) = 0), 0),
        sum(receipt.jobs), sum(receipt.changes),
        sum(json_array_length(receipt.not_complete::json)),
        string_agg(receipt.reason, '; ' order by receipt.seq) filter (where receipt.reason is not null),
        extract(epoch from max(receipt.finished_at) - min(receipt.started_at))::double precision,
        (select count(distinct taken_by) from poll_share share
            where share.source = p_source and share.attempt = receipt.attempt),
        (select extract(epoch from clock_timestamp() - last_complete_at)::double precision from source_head
            where source = p_source)
    from poll_receipt receipt
    where receipt.source = p_source and receipt.attempt = (
        select ended.attempt from poll_receipt ended
        where ended.source = p_source and (ended.share is null or ended.share = ended.shares + 1)
        order by ended.seq desc limit 1)
    group by receipt.attempt
$$;
comment on function last_cycle is 'How the newest attempt of a source that came to its end did, by the receipts of all its shares.';

create function copies_read_at(p_share poll_receipt, p_organization_id text) returns timestamptz
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
                coalesce(finished_at > lag(started_at + 2 * period) over (order by started_at, finished_at), true) as far
            from in_order
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

create or replace function coverage_since_listed(p_source text, p_organization_id text)
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
        and (share is null or copies_read_at(poll_receipt, p_organization_id) is not null)
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
                when from_time = coalesce(copies_read_at(first, p_organization_id), first.finished_at) then first.started_at end)) as blind, from_time, false
            from islands
        ) gaps where blind < from_time
        union all
        select known, until, false from ends where until is null or known < until
        order by 1;
end $$;
comment on function coverage_since_listed is
    'The covered and the blind time of an organization, since an attempt first had it before it.';
