-- Takes the right to record the next poll of the copy jobs of organizations; those that belong to another source are left out,
-- those that somebody else holds locked come without a claim. Unless all are asked for, those are left out too whose last list was empty
-- and all there is to know.
select organization_id, claimed_poll, observed_at, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest,
    content_digest, list_digest, jobs, has_jobs
from jobtrail.claim_polls(:?source, (
    select coalesce(json_agg(polled), '[]')
    from json_array_elements(:?organizations::json) as polled
    where :?all::boolean or not exists (
        select from jobtrail.job_list list
        where list.organization_id = polled ->> 'id' and list.job_type = :?job_type
            and list.jobs = 0 and list.content_digest is not null)
), :?job_type, :?patience::interval, true)
