-- Notes what Kafka committed of the last batch and yields the next.
select organization_id, epoch, seq, source, job_type, job_id, change_kind, convert_to(payload, 'UTF8') as payload,
    jobtrail.iso(observed_at) as observed_at, jobtrail.iso(recorded_at) as recorded_at, attempt,
    encode(salt, 'hex') as salt, encode(raw_digest, 'hex') as raw_digest,
    encode(prev_hash, 'hex') as prev_hash, encode(hash, 'hex') as hash, (select jobtrail.database_id()) as database
from jobtrail.next_events(:?acknowledged::json, :?identity::json, :?rows, :?bytes)
