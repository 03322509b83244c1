-- What was last seen of a job may be in a row that retain has removed and sealed.
create or replace function shown_version(p_organization_id text, p_job_type text, p_job_id text, p_seq bigint) returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    -- Within a text, a quote has a backslash before it: only a member's name is followed by one without.
    select substring(shown.payload from '"apiVersion":"(v[0-9]+)"') from (table job_history union all table sealed_row) shown
    where shown.organization_id = p_organization_id and shown.job_type = p_job_type and shown.job_id = p_job_id
        and shown.seq < p_seq and shown.change_kind not in ('missing', 'erased') and shown.payload is not null
    order by shown.seq desc limit 1
$$;

-- Those that are missing now.
update job_state state
set api_version = coalesce(shown_version(organization_id, job_type, job_id, last_seq), api_version)
where missing;

create function told_organization_name(p_payload text) returns text
    language plpgsql immutable parallel safe set search_path = jobtrail, pg_temp as $$
begin
    return p_payload::json #>> '{organization,name}';
exception
    -- Some member of the event is a text that PostgreSQL cannot hold: U+0000, or half of a surrogate pair.
    when untranslatable_character or invalid_text_representation then
        return null;
end $$;
comment on function told_organization_name is 'The name of the organization in an event; null where it cannot be had.';

-- An event's texts may be such that its JSON cannot be taken apart here. The rest of the function stays as it is.
do $$
declare
    before   text := pg_get_functiondef('recover_from_topic'::regproc);
    presence text := replace(before, $old$not (line.payload::json ->> 'present')::boolean$old$,
        $new$position('"present":true' in line.payload) = 0$new$);
    recovery text := replace(presence, $old$line.payload::json #>> '{organization,name}'$old$,
        'told_organization_name(line.payload)');
begin
    if presence = before or recovery = presence then
        raise exception 'the function is not that of version 31';
    end if;
    execute recovery;
end $$;

comment on column job_history.enabled is 'isEnabled after the change; before it where the job is missing.';
comment on column job_history.last_status is
    'lastStatus after the change, as the server spelled it; before it where the job is missing.';
comment on column job_history.last_run is
    'lastRun after the change, cut to microseconds; before it where the job is missing.';
comment on column job_history.next_run is
    'nextRun after the change, cut to microseconds; before it where the job is missing.';
comment on column sealed_row.enabled is 'isEnabled after the change; before it where the job is missing.';
comment on column sealed_row.last_status is
    'lastStatus after the change, as the server spelled it; before it where the job is missing.';
comment on column sealed_row.last_run is
    'lastRun after the change, cut to microseconds; before it where the job is missing.';
comment on column sealed_row.next_run is
    'nextRun after the change, cut to microseconds; before it where the job is missing.';
