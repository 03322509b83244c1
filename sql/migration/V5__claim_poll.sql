create function claim_poll(p_source text, p_organization_id text, p_organization_name text)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean,
                   suspect_digest text, suspect_since text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head organization_head;
    last bigint;
begin
    perform set_config('synchronous_commit', 'on', true);
    insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
    values (p_organization_id, p_source, p_organization_name, 1, clock_timestamp())
    on conflict (organization_id) do update
    set claimed_poll = h.claimed_poll + 1,
        claimed_at = greatest(clock_timestamp(), h.last_observed_at),
        organization_name = excluded.organization_name
    where h.source = excluded.source
    returning h.* into head;
    if not found then
        raise exception 'organization % is presented by source % but belongs to source %: remove one of the two sources, or exclude the organization from one of them',
            p_organization_id, p_source, (select source from organization_head where organization_id = p_organization_id)
            using errcode = 'JT001';
    end if;
    -- A suspicion grows only while every poll sees the same: one attempt that did not, and waiting starts anew.
    select last_attempt into last from source_head where source = p_source;
    if head.suspect_attempt < last - 1 then
        head.suspect_digest := null;
        head.suspect_since := null;
    end if;
    return query select head.claimed_poll, iso(head.claimed_at), head.epoch, head.last_seq, head.recorded_poll = 0,
        head.suspect_digest, iso(head.suspect_since);
end $$;
comment on function claim_poll is
    'Takes the right to record an organization''s next poll. Whoever claimed before can no longer record: a fencing token.';
