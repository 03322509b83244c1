-- Every version of every job, as a slowly changing dimension.
create or replace view report.job_version as
select source, organization_id, job_type, job_id, job_name, present, enabled, last_status, last_run, next_run, valid_from,
    valid_to, epoch, seq
from (
    select *, observed_at as valid_from,
        lead(observed_at) over (partition by organization_id, job_type, job_id order by seq) as valid_to
    from (
        -- An erasure changes nothing about the job, and begins no version where there is one. Where all rows before are gone, its own
        -- says whether the job was there. In JSON, a quote within a text has a backslash before it: the member cannot be mistaken for one.
        select source, organization_id, job_type, job_id, job_name, enabled, last_status, last_run, next_run, observed_at,
            epoch, seq, case change_kind
                when 'missing' then false
                when 'erased' then position('"present":true' in payload) > 0
                else true
            end as present
        from jobtrail.job_history line
        where change_kind <> 'erased'
            or not exists (
                select from jobtrail.job_history older
                where older.organization_id = line.organization_id and older.job_type = line.job_type
                    and older.job_id = line.job_id and older.seq < line.seq)
            and not exists (
                select from jobtrail.sealed_row older
                where older.organization_id = line.organization_id and older.job_type = line.job_type
                    and older.job_id = line.job_id)
        union all
        select source, organization_id, job_type, job_id, job_name, enabled, last_status, last_run, next_run, observed_at,
            epoch, seq, case change_kind
                when 'missing' then false
                when 'erased' then position('"present":true' in payload) > 0
                else true
            end
        from jobtrail.sealed_row
    ) line
) versions
where valid_to is distinct from valid_from;

comment on view report.job_version is
    'Every version of every job, as a slowly changing dimension: valid from valid_from until just before valid_to. An erasure begins none. Where retain has removed rows, from the job''s last row among them on.';
comment on column report.job_version.source is 'The configured source, source.<name>.';
comment on column report.job_version.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.job_version.job_type is 'backup or copy.';
comment on column report.job_version.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column report.job_version.job_name is 'The job''s name in this version; the last one where the job was missing.';
comment on column report.job_version.present is 'false while the job was missing.';
comment on column report.job_version.enabled is 'isEnabled in this version.';
comment on column report.job_version.last_status is 'lastStatus in this version, as the server spelled it.';
comment on column report.job_version.last_run is 'lastRun in this version.';
comment on column report.job_version.next_run is 'nextRun in this version.';
comment on column report.job_version.valid_from is 'When this version was first observed (included).';
comment on column report.job_version.valid_to is 'When the next version was observed (excluded); null for the latest.';
comment on column report.job_version.epoch is 'The epoch of that row.';
comment on column report.job_version.seq is 'The row of jobtrail.job_history, or of sealed_row, that says so.';
