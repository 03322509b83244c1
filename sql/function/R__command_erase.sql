-- erase: what is told of a job goes, and the chain stays verifiable.

create or replace function may_tell_of(p_raw text, p_job_id text) returns boolean
    language sql stable parallel safe
return position(lower(to_json(p_job_id)::text) in lower(p_raw)) > 0 or position('/' || lower(p_job_id) in lower(p_raw)) > 0;
comment on function may_tell_of is
    'Whether an element that was kept aside has the id of a job, as a value or at the end of a link, whatever the case: rather one element too many than one too few.';

create or replace function forget_lists(p_organization_id text) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    update job_list set content_digest = null where organization_id = p_organization_id and content_digest is not null
$$;
comment on function forget_lists is
    'Has the next poll compare an organization''s jobs one by one: somebody else than a poll is about to change what is known of them.';

create or replace function forget_erased(p_organization_id text, p_job_type text, p_job_id text, p_seq bigint) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    blanked bigint;
    sealed  bigint;
    rejected bigint;
begin
    update job_history line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.seq < p_seq and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics blanked = row_count;
    update sealed_row line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.seq < p_seq and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics sealed = row_count;
    update rejected_job element set raw = '', reason = 'erased'
    where element.source = (select source from organization_head where organization_id = p_organization_id)
        and may_tell_of(element.raw, p_job_id);
    get diagnostics rejected = row_count;
    perform append_note(
        'erasure', p_organization_id,
        format('the payloads and texts of %s rows of %s job %s of organization %s were erased again, as row %s says',
            blanked + sealed, p_job_type, p_job_id, p_organization_id, p_seq),
        json_build_object(
            'organizationId', p_organization_id, 'jobType', p_job_type, 'jobId', p_job_id, 'seq', p_seq,
            'rows', blanked, 'sealedRows', sealed, 'rejectedElements', rejected)::text);
end $$;
comment on function forget_erased is
    'Does again what an erasure did that a restored history does not know of.';

create or replace function claim_erasure(p_organization_id text, p_job_type text, p_job_id text)
    returns table (claimed_poll bigint, observed_at text, source text, organization_name text, job_type text, job_id text,
        api_version text, present boolean, erased boolean)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head  organization_head;
    state known_job;
    types text;
    kind  text;
    kept  boolean;
begin
    perform durable();
    select * into head from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    select string_agg(known.job_type, ' and ' order by known.job_type) into types from known_job known
    where known.organization_id = p_organization_id and known.job_id = p_job_id
        and known.job_type = coalesce(p_job_type, known.job_type);
    if types is null then
        raise exception 'organization % has no % job %', p_organization_id, coalesce(p_job_type, 'backup or copy'), p_job_id
            using errcode = 'JT005';
    elsif types like '% and %' then
        raise exception 'organization % has a % job %: say which one is meant', p_organization_id, types, p_job_id
            using errcode = 'JT005';
    end if;
    select * into strict state from known_job known
    where known.organization_id = p_organization_id and known.job_id = p_job_id and known.job_type = types;
    select line.change_kind into strict kind
    from (table job_history union all table sealed_row) line
    where line.organization_id = p_organization_id and line.seq = state.last_seq;
    kept := kind <> 'erased' or exists (
        select from rejected_job element
        where element.source = head.source and element.raw <> '' and may_tell_of(element.raw, p_job_id));
    if kept then
        if state.last_seq > coalesce(
            (select published_seq from publication where organization_id = p_organization_id and halted is null), 0) then
            if exists (select from publication where organization_id = p_organization_id and halted is not null) then
            raise exception 'job % is not erased, as nothing more is published of organization %: %',
                p_job_id, p_organization_id,
                (select halted from publication where organization_id = p_organization_id) using errcode = 'JT005';
        end if;
        raise exception 'row % of job % is not published yet: what the topic gets must be what was recorded',
                state.last_seq, p_job_id using errcode = 'JT005';
        end if;
        update organization_head known
        set claimed_poll = known.claimed_poll + 1, claimed_at = greatest(clock_timestamp(), known.last_observed_at)
        where known.organization_id = p_organization_id
        returning * into head;
        perform forget_lists(p_organization_id);
    end if;
    return query select head.claimed_poll, iso(head.claimed_at), head.source, head.organization_name, state.job_type,
        state.job_id, state.api_version, not state.missing, not kept;
end $$;
comment on function claim_erasure is
    'Finds a job that is to be erased and takes the right to append the row that says so; refuses one of which a row is not published yet. One that is erased already is told, and not claimed.';

create or replace function erase(p_organization_id text, p_job_type text, p_job_id text, p_claim bigint, p_changes json)
    returns table (superseded boolean, seq bigint, rows bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head     organization_head;
    state    known_job;
    blanked  bigint;
    sealed   bigint;
    rejected bigint;
    appended record;
begin
    perform durable();
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        return query select true, null::bigint, 0::bigint;
        return;
    end if;
    if (select array_agg(change_kind || ' ' || job_type || ' ' || job_id)
        from json_to_recordset(p_changes) as change (change_kind text, job_type text, job_id text))
        is distinct from array['erased ' || p_job_type || ' ' || p_job_id] then
        raise exception 'an erasure appends one row of kind erased, of the job that it erases' using errcode = 'JT005';
    end if;
    select * into strict state from known_job known
    where known.organization_id = p_organization_id and known.job_type = p_job_type and known.job_id = p_job_id;
    if state.last_seq > coalesce(
        (select published_seq from publication where organization_id = p_organization_id and halted is null), 0) then
        if exists (select from publication where organization_id = p_organization_id and halted is not null) then
            raise exception 'job % is not erased, as nothing more is published of organization %: %',
                p_job_id, p_organization_id,
                (select halted from publication where organization_id = p_organization_id) using errcode = 'JT005';
        end if;
        raise exception 'row % of job % is not published yet: what the topic gets must be what was recorded',
            state.last_seq, p_job_id using errcode = 'JT005';
    end if;

    -- What earlier erasures said holds nothing of the job.
    insert into lawful_change values (pg_current_xact_id(), 'erase');
    update job_history line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics blanked = row_count;
    update sealed_row line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics sealed = row_count;
    delete from lawful_change where transaction_id = pg_current_xact_id();

    -- Its id as a value or at the end of a link, whatever the case: rather one element too many than one too few. In whose list
    -- it stood does not matter: what another organization's list had of the job is its text all the same.
    update rejected_job element set raw = '', reason = 'erased'
    where element.source = head.source
        and may_tell_of(element.raw, p_job_id);
    get diagnostics rejected = row_count;

    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    update known_job known
    set digest = sha256('{}'), raw_digest = decode(repeat('00', 32), 'hex'), last_seq = appended.last_seq
    where known.organization_id = p_organization_id and known.job_type = p_job_type and known.job_id = p_job_id;

    perform append_note(
        'erasure', p_organization_id,
        format('the payloads and texts of %s rows of %s job %s of organization %s were erased; row %s says so',
            blanked + sealed, p_job_type, p_job_id, p_organization_id, appended.last_seq),
        json_build_object(
            'organizationId', p_organization_id, 'jobType', p_job_type, 'jobId', p_job_id, 'seq', appended.last_seq,
            'rows', blanked, 'sealedRows', sealed, 'rejectedElements', rejected)::text);
    return query select false, appended.last_seq, blanked + sealed;
end $$;
comment on function erase is
    'Blanks what is kept of one job, keeps the digests, and appends a row of kind erased. Records nothing where somebody else has claimed.';
