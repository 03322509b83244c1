-- accept-suspect: what is suspect, and an operator's word for it.

create or replace function suspicions()
    returns table (organization_id text, organization_name text, job_type text, since text, last_seen text, accepted boolean,
        reason text)
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select list.organization_id, head.organization_name, list.job_type, iso(list.suspect_since), iso(list.suspect_seen),
        coalesce(list.accepted_digest = list.suspect_digest, false),
        (
            select entry ->> 'reason' from poll_receipt receipt, json_array_elements(receipt.not_complete::json) entry
            where receipt.source = head.source and receipt.attempt = list.suspect_attempt
                and entry ->> 'organizationId' = list.organization_id and entry ->> 'jobType' = list.job_type
        )
    from job_list list join organization_head head using (organization_id)
    where list.suspect_digest is not null
    order by list.organization_id, list.job_type
$$;
comment on function suspicions is
    'The reduced lists that are not believed, since when, and whether an operator has accepted them.';

create or replace function accept_suspect(p_organization_id text, p_job_type text) returns table (job_type text, since text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    list  job_list;
    owner text;
begin
    perform durable();
    perform from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    for list in
        select * from job_list known
        where known.organization_id = p_organization_id and known.job_type = coalesce(p_job_type, known.job_type)
            and known.suspect_digest is not null and known.suspect_digest is distinct from known.accepted_digest
        order by known.job_type
    loop
        select organization_id into owner from organization_head
        where encode(sha256(convert_to('of organization ' || organization_id, 'UTF8')), 'hex') = list.suspect_digest;
        if found then
            raise exception 'the list of % jobs of organization % holds the jobs of organization %: it cannot be accepted',
                list.job_type, p_organization_id, owner using errcode = 'JT005';
        end if;
        update job_list known set accepted_digest = known.suspect_digest
        where known.organization_id = p_organization_id and known.job_type = list.job_type;
        perform append_note(
            'suspicion-accepted', p_organization_id,
            format('the reduced list of %s jobs of organization %s, read since %s, was accepted',
                list.job_type, p_organization_id, iso(list.suspect_since)),
            json_build_object(
                'organizationId', p_organization_id, 'jobType', list.job_type, 'list', list.suspect_digest,
                'since', iso(list.suspect_since))::text);
        return query select list.job_type, iso(list.suspect_since);
    end loop;
end $$;
comment on function accept_suspect is
    'Confirms the reduced lists of an organization that are being watched: the next poll that reads the same believes it.';
