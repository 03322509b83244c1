-- The last snapshots of the jobs that changed: what their rows say under before.
select state.organization_id, state.job_type, state.job_id, state.snapshot
from json_to_recordset(:?changed::json) as changed (organization_id text, job_type text, job_id text),
    -- Each by the index: joined, the plan that is made while the table is small would read all of it.
    lateral (
        select known.* from jobtrail.job_state known
        where known.organization_id = changed.organization_id and known.job_type = changed.job_type and known.job_id = changed.job_id
        offset 0
    ) state
