-- A plan that is made while there are few organizations is kept until autovacuum has counted them: thousands may have come meanwhile.

-- Each that is claimed is looked up by itself, by the index (offset 0 keeps a subquery from being joined): otherwise all of them would be
-- read for each.
create or replace function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, content_digest text,
                   list_digest text, jobs integer, has_jobs boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
    claimed text[];
    last    bigint;
begin
    perform durable();

    -- In order of the ids: two instances that claim the same organizations wait for each other, and do not deadlock. A
    -- history that was set back is not continued: its numbers are taken, and the rows can still be had from the topic.
    with taken as (
        insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
        select id, p_source, name, 1, clock_timestamp()
        from json_to_recordset(p_organizations) as polled (id text, name text)
        where not exists (
            select from publication
            where publication.organization_id = polled.id and publication.halted_by = 'database-set-back' offset 0)
        order by id collate "C"
        on conflict (organization_id) do update
        set claimed_poll = h.claimed_poll + 1,
            claimed_at = greatest(clock_timestamp(), h.last_observed_at),
            organization_name = excluded.organization_name
        where h.source = excluded.source
        returning h.organization_id
    )
    select array_agg(organization_id) into claimed from taken;

    -- A suspicion grows only while every poll sees the same: one attempt that did not, or a time in which nobody looked, and
    -- waiting starts anew.
    select last_attempt into last from source_head where source = p_source;
    update job_list list
    set suspect_digest = null, suspect_since = null, suspect_seen = null, suspect_attempt = null
    where list.organization_id = any (claimed) and list.job_type = p_job_type and list.suspect_digest is not null
        and (list.suspect_attempt < last - 1 or list.suspect_seen < (
            select claimed_at from organization_head head where head.organization_id = list.organization_id) - p_patience);

    -- A statement of its own, so that it sees what the last holder of each organization committed.
    return query
        select head.organization_id, head.claimed_poll, iso(head.claimed_at), head.epoch, head.last_seq,
            coalesce(list.recorded_poll, 0) = 0, list.suspect_digest, iso(list.suspect_since), list.accepted_digest,
            encode(list.content_digest, 'hex'), list.list_digest, list.jobs,
            p_job_type = 'copy' and exists (
                select from job_state state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join lateral (
            select * from job_list
            where job_list.organization_id = head.organization_id and job_list.job_type = p_job_type offset 0
        ) list on true
        where head.organization_id = any (claimed);
end $$;

-- All of them and what is published of them, or whether they are listed, side by side: otherwise the one would be read for each of the
-- other.
alter function next_events(json, json, integer, bigint) set enable_nestloop = off;
alter function next_events(json, json, integer, bigint) set enable_mergejoin = off;

-- In order of the ids, as who records locks them.
create or replace function note_listed(p_source text, p_listed json) returns table (organization_id text)
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_nestloop = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
    perform durable();
    perform from organization_head head
    where head.source = p_source and (head.gone_since is null) <> (
        head.organization_id in (select id from json_array_elements_text(p_listed) as listed (id)))
    order by head.organization_id collate "C" for update;

    update organization_head head
    set gone_since = null
    from json_array_elements_text(p_listed) as listed (id)
    where head.organization_id = listed.id and head.source = p_source and head.gone_since is not null;

    return query
        update organization_head head
        set gone_since = clock_timestamp()
        where head.source = p_source and head.gone_since is null
            and not exists (select from json_array_elements_text(p_listed) as listed (id) where listed.id = head.organization_id)
        returning head.organization_id;
end $$;
