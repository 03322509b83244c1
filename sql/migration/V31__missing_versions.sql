-- A job that is missing keeps what was last seen of it, and the version of the API in which that was told: held against what a later
-- version tells when it comes back, it would seem to have run, or to be configured anew. The rest of both functions stays as it is.
do $$
declare
    record_polls      text := pg_get_functiondef('record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[],
        timestamptz[], timestamptz[], text[], text[], text[], bytea[], bytea[], json, json)'::regprocedure);
    recover_from_topic text := pg_get_functiondef('recover_from_topic'::regproc);
    recorded  text := replace(record_polls, 'api_version = excluded.api_version, missing = excluded.missing',
        'api_version = case when excluded.missing then state.api_version else excluded.api_version end, missing = excluded.missing');
    recovered text := replace(recover_from_topic, $old$decode(repeat('00', 32), 'hex'), event.api_version,$old$,
        $new$decode(repeat('00', 32), 'hex'),
        case when line.change_kind = 'missing'
            then coalesce(shown_version(line.organization_id, line.job_type, line.job_id, line.seq), (
                select known.api_version from job_state known
                where known.organization_id = line.organization_id and known.job_type = line.job_type and known.job_id = line.job_id
            ), event.api_version)
            else event.api_version end,$new$);
begin
    if recorded = record_polls or recovered = recover_from_topic then
        raise exception 'the functions are not those of version 30';
    end if;
    execute recorded;
    execute recovered;
end $$;

create function shown_version(p_organization_id text, p_job_type text, p_job_id text, p_seq bigint) returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    -- Within a text, a quote has a backslash before it: only a member's name is followed by one without.
    select substring(shown.payload from '"apiVersion":"(v[0-9]+)"') from job_history shown
    where shown.organization_id = p_organization_id and shown.job_type = p_job_type and shown.job_id = p_job_id
        and shown.seq < p_seq and shown.change_kind not in ('missing', 'erased') and shown.payload is not null
    order by shown.seq desc limit 1
$$;
comment on function shown_version is
    'The version of the API in which a job was last told before a row, where the history still says it.';

-- Those that are missing now.
update job_state state
set api_version = coalesce(shown_version(organization_id, job_type, job_id, last_seq), api_version)
where missing;

create function note_listed(p_source text, p_listed json, p_whole boolean) returns table (organization_id text)
    language plpgsql security definer set search_path = jobtrail, pg_temp set enable_nestloop = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
    perform durable();
    -- In order of the ids, as who records locks them.
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
        where p_whole and head.source = p_source and head.gone_since is null
            and not exists (select from json_array_elements_text(p_listed) as listed (id) where listed.id = head.organization_id)
        returning head.organization_id;
end $$;
comment on function note_listed(text, json, boolean) is
    'Takes note of which organizations of a source are listed. Yields those that were before and are not now: not where the list is not whole, which says only who is there.';

create or replace function note_listed(p_source text, p_listed json) returns table (organization_id text)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select organization_id from note_listed(p_source, p_listed, true)
$$;
comment on function note_listed(text, json) is
    'The same for the program of before, which may run beside this one, and asks only where the list is whole.';
