-- What is known of the jobs of an organization's list, by digest, a page of it: jobs of which the same holds are one row. Nobody else
-- may change it between claim and record.
with page as (
    select job_id, digest, raw_digest, api_version, missing, absent_polls
    from jobtrail.known_job
    where organization_id = :?organization_id and job_type = :?job_type and job_id > :?after
    order by job_id limit :?rows
)
select api_version, missing, absent_polls, array_agg(job_id) as job_ids, string_agg(digest, '') as digests,
    string_agg(raw_digest, '') as raw_digests, (select max(job_id) from page) as last
from page
group by api_version, missing, absent_polls
