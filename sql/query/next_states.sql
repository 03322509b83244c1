-- The last published rows of the jobs that come next, of those whose states have to be written to the state topic.
select organization_id, seq, source, job_type, job_id, convert_to(payload, 'UTF8') as payload,
    jobtrail.iso(observed_at) as observed_at, encode(hash, 'hex') as hash
from jobtrail.next_states(:?after::json, :?identity::json, :?rows, :?bytes)
