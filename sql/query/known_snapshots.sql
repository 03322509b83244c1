-- The last snapshots of the jobs that changed: what their rows say under before.
select state.organization_id, state.job_type, state.job_id, state.snapshot
from json_to_recordset(:?changed::json) as changed (organization_id text, job_type text, job_id text)
join jobtrail.job_state state using (organization_id, job_type, job_id)
