-- Where every job changed, PostgreSQL read all that is kept of the jobs once more to clean up behind it, and wrote many of its pages to the
-- log as a whole.

-- A state is not added to but replaced, on its own page (V29), and whoever replaces it next removes what it was before: as many dead rows as
-- jobs are no reason to clean up. What is to be frozen in the end need not be while it still changes, and which jobs there are does not
-- change with what they are like.
-- Of texts that are too long for that, the chunks before are only removed by cleaning up: for these, it is as it is by default.
alter table job_state set (
    autovacuum_vacuum_scale_factor = 1.5,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 1.5,
    toast.autovacuum_vacuum_scale_factor = 0.2,
    toast.autovacuum_vacuum_insert_threshold = 1000
);

-- Nobody looks for a row by one of these.
alter table job_state
    alter column snapshot set statistics 0,
    alter column digest set statistics 0,
    alter column raw_digest set statistics 0;
alter table job_history
    alter column payload set statistics 0,
    alter column raw set statistics 0,
    alter column salt set statistics 0,
    alter column payload_digest set statistics 0,
    alter column raw_digest set statistics 0,
    alter column prev_hash set statistics 0,
    alter column hash set statistics 0;

-- The rows of a batch were read twice, once for their sizes and once to be sent, and sorted although each organization's come in their
-- order: a third of what reading them took. They come as they are read now, until there are enough.
create or replace function next_events(p_acknowledged json, p_identity json, p_rows integer, p_bytes bigint)
    returns setof job_history
    language plpgsql security definer
    set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan
    set enable_nestloop = off set enable_mergejoin = off set work_mem = '16MB' as $$
declare
    waiting record;
    line    job_history;
    rows    integer := 0;
    bytes   bigint := 0;
begin
    perform acknowledge_publication(p_acknowledged, json_populate_record(null::publication_identity, p_identity));
    -- Whoever waits longest comes first, with a share of the batch at most: no organization starves another.
    <<batch>>
    for waiting in
        with unpublished as (
            select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.published_at
            from organization_head head left join publication using (organization_id)
            where head.last_seq > coalesce(publication.published_seq, 0) and publication.halted is null
            -- Each has a row at least. Of many thousands, no more than that are sorted.
            order by publication.published_at nulls first, head.organization_id limit p_rows
        )
        select organization_id, published_seq, greatest(p_rows / least(count(*) over (), 4), 1) as share
        from unpublished
        order by published_at nulls first, organization_id
    loop
        for line in
            select * from job_history history
            where history.organization_id = waiting.organization_id and history.seq > waiting.published_seq
            order by history.seq limit waiting.share
        loop
            rows := rows + 1;
            bytes := bytes + coalesce(octet_length(line.payload), 0);
            exit batch when rows > 1 and (rows > p_rows or bytes > p_bytes);
            return next line;
        end loop;
    end loop;
end $$;
