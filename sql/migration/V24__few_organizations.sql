-- A plan that is made while there are few organizations is kept until autovacuum has counted them: thousands may have come meanwhile.

-- Each that is claimed by the index: otherwise all of them would be read for each.
alter function claim_polls(text, json, text, interval) set enable_seqscan = off;
alter function claim_polls(text, json, text, interval) set enable_hashjoin = off;
alter function claim_polls(text, json, text, interval) set enable_mergejoin = off;
alter function claim_polls(text, json, text, interval) set enable_material = off;

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
