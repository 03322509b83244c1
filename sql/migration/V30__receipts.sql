-- Whoever lost a share to another instance is told so even when that one has written the receipt: it would count the share as its own.

create or replace function write_receipt(p_receipt json) returns bigint
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    head    source_head;
    receipt poll_receipt;
    written bigint;
begin
    perform durable();
    receipt := json_populate_record(null::poll_receipt, p_receipt);
    select * into strict head from source_head where source = receipt.source for update;
    -- Somebody else polls the share again, and tells of it, or has.
    if exists (
        select from poll_share
        where source = receipt.source and attempt = receipt.attempt and share = receipt.share
            and taking <> (p_receipt ->> 'taking')::integer) then
        return null;
    end if;
    -- Whoever lost the answer asks again.
    select seq into written from poll_receipt
    where source = receipt.source and attempt = receipt.attempt and share is not distinct from receipt.share;
    if written is not null then
        return written;
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
    -- An attempt that a failover has survived may be one that this server never opened: its number is not given away again, or
    -- whoever got it would be told that its receipt is written.
    update source_head
    set last_receipt = receipt.seq, last_hash = receipt.hash, last_attempt = greatest(last_attempt, receipt.attempt)
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

comment on function begin_attempt is
    'Numbers an attempt: without a period at once; where instances share the polling, for the first that asks when it is due. Others are told when to ask again. untaken: the attempt before was given up without anybody having taken a share of it.';

drop function last_cycle(text);

create function last_cycle(p_source text)
    returns table (attempt bigint, outcome text, organizations bigint, jobs bigint, changes bigint, not_complete bigint,
        reason text, seconds double precision, instances bigint, complete_seconds_ago double precision,
        spoken text, doubted text)
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
