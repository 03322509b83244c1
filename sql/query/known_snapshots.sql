-- The last snapshots of the jobs that changed: what their rows say under before.
select organization_id, job_type, job_id, snapshot
from jobtrail.last_snapshots(:?organization_ids::text[], :?job_types::text[], :?job_ids::text[])
