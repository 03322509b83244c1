-- Takes the right to record the next poll of many organizations; those that belong to another source are left
-- out, those that somebody else holds locked come without a claim.
select organization_id, claimed_poll, observed_at, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest,
    content_digest, list_digest, jobs
from jobtrail.claim_polls(:?source, :?organizations::json, :?job_type, :?patience::interval, true)
