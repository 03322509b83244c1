-- The owner of each copy job that does not name it: its backup job's organization, else the one that it is known under. Also one that
-- was not polled: else the job would be told of an organization that it has left. What is known is read once per organization: a probe
-- for each pair of organization and copy job would be too many.
with known as materialized (
    select state.organization_id, state.job_type, state.job_id, state.missing, polled.id is null as elsewhere
    from jobtrail.organization_head head
    left join json_to_recordset(:?organizations::json) as polled (id text) on polled.id = head.organization_id
    join jobtrail.known_job state on state.organization_id = head.organization_id
    where polled.id is not null or head.source = :?source
), found as (
    select listed.n, 1 as preference, known.missing, known.elsewhere, known.organization_id
    from json_to_recordset(:?copies::json) as listed (n integer, backup_job_id text)
    join known on known.job_type = 'backup' and known.job_id = listed.backup_job_id
    union all
    select listed.n, 2, known.missing, known.elsewhere, known.organization_id
    from json_to_recordset(:?copies::json) as listed (n integer, job_id text)
    join known on known.job_type = 'copy' and known.job_id = listed.job_id
)
select distinct on (n) n, organization_id from found order by n, preference, missing, elsewhere, organization_id
