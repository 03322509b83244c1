-- Appends what a poll found: one statement, one commit.
select superseded, last_seq
from jobtrail.record_poll(:?organization_id, :?job_type, :?claimed_poll, :?attempt, :?changes::json, :?states::json,
    :?touched::json, :?rejected::json, :?suspect_digest)
