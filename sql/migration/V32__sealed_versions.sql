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
