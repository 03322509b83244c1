-- What is done for each row, done for less.

-- As an aggregate's step, SQL is carried out by the whole executor each time; of plpgsql, only its expression is. Whose search path it is
-- called with is not ours to say, and setting it would cost more.
create or replace function chain_step(state bytea, seed bytea, domain text, item bytea) returns bytea
    language plpgsql immutable parallel safe as $$
begin
    return sha256(convert_to(domain, 'UTF8') || jobtrail.length_prefixed(coalesce(state, seed)) || item);
end $$;

-- Which rows come next is told from their numbers and sizes. They come in the order in which that was told, so that whole rows are
-- not sorted. An organization that waits alone has the whole batch.
create or replace function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql security definer
    set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
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
            select first.published_at, first.organization_id, next.seq, row_number() over waiting_order as n,
                sum(next.bytes) over waiting_order as bytes
            from first, lateral (
                select history.seq, octet_length(history.payload) as bytes from job_history history
                where history.organization_id = first.organization_id and history.seq > first.published_seq
                order by history.seq limit first.share
            ) next
            where coalesce(first.rows_before, 0) < p_rows
            window waiting_order as
                (order by published_at nulls first, first.organization_id, next.seq rows unbounded preceding)
        )
        -- The first row from its number on, by the index of numbers: where only the number were asked for, the plan that is made
        -- while the table is small would look through the index of jobs, all of an organization's rows for each.
        select line.* from batch, lateral (
            select history.* from job_history history
            where history.organization_id = batch.organization_id and history.seq >= batch.seq
            order by history.seq limit 1
        ) line
        where batch.n = 1 or (batch.n <= p_rows and batch.bytes <= p_bytes)
        order by batch.published_at nulls first, batch.organization_id, batch.seq;
end $$;
