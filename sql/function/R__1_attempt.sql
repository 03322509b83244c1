-- One attempt to poll a source, its shares among the instances, and who is still at it.

create or replace function open_attempt(p_source text) returns table (attempt bigint, started_at text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
comment on function open_attempt is
    'Numbers an attempt before anything is asked of the server, so that a crash leaves a gap.';

create or replace function is_over(p_source text, p_attempt bigint) returns boolean
    language sql stable set search_path = jobtrail, pg_temp as $$
    -- Receipts of shares: that of the attempt, one of each share, and that of the copy jobs.
    select coalesce(every(share is null) or count(*) = max(shares) + 2, false)
    from poll_receipt where source = p_source and attempt = p_attempt
$$;
comment on function is_over is
    'Whether all of an attempt has its receipts.';

create or replace function begin_attempt(p_source text, p_period interval, p_patience interval)
    returns table (attempt bigint, started_at text, due_in double precision, untaken boolean, given_up boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
        update poll_share set seen_at = clock_timestamp()
        where source = p_source and attempt = head.last_attempt and seen_at > clock_timestamp();
        select greatest(case when head.seen_at <= clock_timestamp() then head.seen_at end, max(seen_at)), coalesce(every(taking = 0), false),
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
    'Numbers an attempt: without a period at once; where instances share the polling, for the first that asks when it is due. Others are told when to ask again. untaken: the attempt before was given up without anybody having taken a share of it.';

create or replace function share_out(p_source text, p_attempt bigint, p_shares json) returns integer
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
comment on function share_out is
    'Keeps which organizations each share of an attempt has. Null where a later attempt has been handed out.';

create or replace function take_share(p_source text, p_attempt bigint, p_share integer, p_polled boolean, p_instance text)
    returns table (share integer, shares integer, taking integer, started_at text, organizations text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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

create or replace function give_sign(p_in_hand json) returns void
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
comment on function give_sign is
    'Tells that an instance still works on the attempts that it began and on the shares that it took.';

create or replace function has_receipt(p_source text, p_attempt bigint, p_share integer) returns boolean
    language sql stable set search_path = jobtrail, pg_temp as $$
    select exists (select from poll_receipt where source = p_source and attempt = p_attempt and share = p_share)
$$;
comment on function has_receipt is
    'Whether a share of an attempt has its receipt.';

create or replace function last_cycle(p_source text)
    returns table (attempt bigint, outcome text, organizations bigint, jobs bigint, changes bigint, not_complete bigint,
        reason text, seconds double precision, instances bigint, complete_seconds_ago double precision, spoken text, doubted text)
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
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
            where source = p_source),
        (select polled.api_version from poll_receipt polled
            where polled.source = p_source and polled.outcome <> 'FAILED' and polled.api_version is not null
            order by polled.seq desc limit 1),
        case when every(receipt.outcome = 'FAILED') then max(receipt.api_version) end
    from poll_receipt receipt
    where receipt.source = p_source and receipt.attempt = (
        select ended.attempt from poll_receipt ended
        where ended.source = p_source and (ended.share is null or ended.share = ended.shares + 1)
        order by ended.seq desc limit 1)
    group by receipt.attempt
$$;
comment on function last_cycle is
    'How the newest attempt of a source that came to its end did, over the receipts of all its shares; which version of the API was spoken when last anything could be read, and which one that attempt found where it failed.';

create or replace function claim_installation(p_source text, p_installation_id text, p_product_version text)
    returns table (previous_installation text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    previous text;
    now      timestamptz := clock_timestamp();
begin
    if p_installation_id is null then
        return;
    end if;
    select installation_id into previous from installation where source = p_source order by last_seen desc limit 1;
    insert into installation as known (installation_id, source, product_version, first_seen, last_seen)
    values (p_installation_id, p_source, p_product_version, now, now)
    on conflict (installation_id) do update
    set product_version = excluded.product_version, last_seen = excluded.last_seen
    where known.source = excluded.source;
    if not found then
        raise exception 'installation % is presented by source % but belongs to source %: remove one of the two sources, they read the same server',
            p_installation_id, p_source, (select source from installation where installation_id = p_installation_id)
            using errcode = 'JT002';
    end if;
    if previous <> p_installation_id then
        return query select previous;
    end if;
end $$;
comment on function claim_installation is
    'Takes an installation for a source, before any of its organizations. Yields the one that the source presented before, where it was another.';
