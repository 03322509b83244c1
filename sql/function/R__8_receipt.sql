-- What is left of each attempt.

create or replace function rows_of_share(p_source text, p_attempt bigint, p_organization_ids json) returns integer
    language sql stable set search_path = jobtrail, pg_temp as $$
    with polled as (
        select id as organization_id, 'backup' as job_type from json_array_elements_text(p_organization_ids) as listed (id)
        union all
        -- The share after all others is the copy jobs of all organizations.
        select organization_id, 'copy' from organization_head where source = p_source and p_organization_ids is null
    )
    select count(*)::integer
    from polled, lateral (
        -- From the end of the history back to the attempt before: what an operator does has none.
        select coalesce(max(line.seq), 0) as seq from job_history line
        where line.organization_id = polled.organization_id and line.attempt between 1 and p_attempt - 1
    ) before
    join job_history line on line.seq > before.seq and line.attempt = p_attempt
    where line.organization_id = polled.organization_id and line.job_type = polled.job_type and line.source = p_source
$$;
comment on function rows_of_share is
    'How many rows of a share of an attempt are in the history, whoever appended them: of the backup jobs of these organizations, or, without any, of all copy jobs.';

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
        return case
            when receipt.share > 0 and not exists (
                select from poll_share
                where source = receipt.source and attempt = receipt.attempt and share = receipt.share) then null
            else written
        end;
    end if;
    -- Who ends a share that others had begun knows of its own rows only.
    if (p_receipt ->> 'taking')::integer > 1 then
        receipt.changes := rows_of_share(receipt.source, receipt.attempt, p_receipt -> 'organization_ids');
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
    set last_complete_at = greatest(case when last_complete_at <= clock_timestamp() then last_complete_at end, (
        select min(started_at) from poll_receipt where source = receipt.source and attempt = receipt.attempt))
    where source = receipt.source and receipt.outcome = 'COMPLETE' and is_over(receipt.source, receipt.attempt)
        and not exists (
            select from poll_receipt
            where source = receipt.source and attempt = receipt.attempt and outcome <> 'COMPLETE');
    return receipt.seq;
end $$;
comment on function write_receipt is
    'Numbers, chains and appends the receipt of an attempt, or of a share of it; one that has its receipt keeps it. Null where somebody else has taken the share since.';
