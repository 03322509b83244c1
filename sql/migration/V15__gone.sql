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

create or replace view report.current_job as
select head.source, state.organization_id, head.organization_name, state.job_type, state.job_id, line.job_name,
    not state.missing as present, line.enabled, line.last_status, line.last_run, line.next_run, line.change_kind,
    line.observed_at as changed_at, state.last_seq as seq,
    head.gone_since as organization_gone_since
from jobtrail.job_state state
join jobtrail.organization_head head using (organization_id)
join (
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.job_history
    union all
    select organization_id, seq, job_name, enabled, last_status, last_run, next_run, change_kind, observed_at
    from jobtrail.sealed_row
) line on line.organization_id = state.organization_id and line.seq = state.last_seq;
comment on column report.current_job.organization_gone_since is
    'Since when the server does not list the organization any more; null where it does. Its jobs are as they were last seen.';
