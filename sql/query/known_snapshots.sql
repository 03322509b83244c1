-- The last snapshots of the jobs that changed: what their rows say under before.
select state.job_type, state.job_id, state.snapshot
from json_to_recordset(:?changed::json) as changed (job_type text, job_id text)
join jobtrail.job_state state using (job_type, job_id)
where state.organization_id = :?organization_id
