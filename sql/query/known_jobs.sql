-- What is known of the jobs of an organization's list, by digest, a page of it. Nobody else may change it between claim and record.
select job_type, job_id, digest, raw_digest, api_version, missing, absent_polls
from jobtrail.job_state
where organization_id = :?organization_id and job_type = :?job_type and job_id > :?after
order by job_id limit 10000
