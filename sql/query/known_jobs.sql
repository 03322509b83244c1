-- What is known of an organization's jobs, by digest. Nobody else may change it between claim and record.
select job_type, job_id, digest, raw_digest, api_version, missing, absent_polls
from jobtrail.job_state
where organization_id = :?organization_id
