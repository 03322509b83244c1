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

create function spoken_version(p_source text, p_attempt bigint)
    returns table (spoken text, doubted text)
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select
        (select api_version from poll_receipt
            where source = p_source and outcome <> 'FAILED' and api_version is not null order by seq desc limit 1),
        (select case when outcome = 'FAILED' then api_version end from poll_receipt
            where source = p_source and attempt < p_attempt order by seq desc limit 1)
$$;
comment on function spoken_version is
    'Which version of the API a source was last polled with, and which the newest attempt before this one found when it failed.';
