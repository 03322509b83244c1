-- An organization that its server does not list any more is neither polled nor missing jobs: it is gone, and that is on record.
alter table organization_head add column gone_since timestamptz;
comment on column organization_head.gone_since is 'Since when the server does not list it any more; null where it does. Its jobs are as they were last seen.';

create function note_listed(p_source text, p_listed json) returns table (organization_id text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    perform durable();
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
comment on function note_listed is
    'Notes which of a source''s organizations its server lists. Yields those that it listed before and now does not.';
comment on column poll_receipt.not_complete is
    'JSON array of the lists that were not COMPLETE: organizationId, jobType, outcome, reason, and cause where it is known: access-lost, organization-gone, server-replaced. Without organizationId: the list of the whole source.';
