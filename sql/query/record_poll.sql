-- Appends a portion of what a poll found: one statement, one commit.
select superseded, last_seq
from jobtrail.record_poll(:?organization_id, :?job_type, :?claimed_poll, :?after, :?attempt,
    :?changes::json, :?payloads::text[], :?raws::text[], :?states::json, :?snapshots::text[],
    :?touched::json, :?rejected::json, :?suspect_digest, :?list::json)
