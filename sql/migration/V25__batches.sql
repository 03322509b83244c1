-- The rows of a batch are read organization by organization instead of one by one, and are in memory until they are sent: with what
-- work_mem is by default, PostgreSQL wrote each full batch to a file first.

create or replace function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql security definer
    set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan
    set enable_nestloop = off set enable_mergejoin = off set work_mem = '16MB' as $$
begin
    perform acknowledge_publication(p_acknowledged, json_populate_record(null::publication_identity, p_identity));
    -- Whoever waits longest comes first, with a share of the batch at most: no organization starves another.
    return query
        with waiting as (
            select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.published_at,
                head.last_seq - coalesce(publication.published_seq, 0) as rows
            from organization_head head left join publication using (organization_id)
            where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
            -- Each has a row at least. Of many thousands, no more than that are sorted.
            order by publication.published_at nulls first, head.organization_id limit p_rows
        ), share as materialized (
            select greatest(p_rows / least(greatest(count(*), 1), 4), 1) as rows from waiting
        ), first as (
            select waiting.*, share.rows as share,
                sum(least(waiting.rows, share.rows)) over (
                    order by published_at nulls first, organization_id rows between unbounded preceding and 1 preceding
                ) as rows_before
            from waiting, share
        ), batch as (
            select first.published_at, first.organization_id, first.published_seq, row_number() over waiting_order as n,
                sum(next.bytes) over waiting_order as bytes
            from first, lateral (
                select history.seq, octet_length(history.payload) as bytes from job_history history
                where history.organization_id = first.organization_id and history.seq > first.published_seq
                order by history.seq limit first.share
            ) next
            where coalesce(first.rows_before, 0) < p_rows
            window waiting_order as
                (order by published_at nulls first, first.organization_id, next.seq rows unbounded preceding)
        ), told as (
            -- How many of each are in the batch: as they follow one another, they are read in one go.
            select published_at, organization_id, published_seq, count(*) as rows from batch
            where n = 1 or (n <= p_rows and bytes <= p_bytes)
            group by published_at, organization_id, published_seq
        )
        select line.* from told, lateral (
            select history.* from job_history history
            where history.organization_id = told.organization_id and history.seq > told.published_seq
            order by history.seq limit told.rows
        ) line
        order by told.published_at nulls first, line.organization_id, line.seq;
end $$;
