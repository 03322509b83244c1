-- The next rows of one organization's history, whether they are on a topic or not.
select organization_id, epoch, seq, source, job_type, job_id, change_kind, convert_to(payload, 'UTF8') as payload,
    jobtrail.iso(observed_at) as observed_at, jobtrail.iso(recorded_at) as recorded_at, attempt,
    encode(salt, 'hex') as salt, encode(raw_digest, 'hex') as raw_digest,
    encode(prev_hash, 'hex') as prev_hash, encode(hash, 'hex') as hash, (select jobtrail.database_id()) as database
from jobtrail.rows_to_republish(:?organization_id, :?after, :?rows, :?bytes)
