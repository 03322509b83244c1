-- How the newest attempt of a source that came to its end did.
select outcome, organizations, jobs, changes, not_complete, reason, seconds, instances, complete_seconds_ago
from jobtrail.last_cycle(:?source)
