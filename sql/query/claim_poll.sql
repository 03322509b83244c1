-- Takes the right to record an organization's next poll.
select claimed_poll, observed_at, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest,
    content_digest, list_digest, jobs
from jobtrail.claim_poll(:?source, :?organization_id, :?organization_name, :?job_type, :?patience::interval)
