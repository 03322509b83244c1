-- Yields those of some organizations of a source that anybody has claimed since, and those whose history was set back.
select mine.id as organization_id
from json_to_recordset(:?claims::json) as mine (id text, claim bigint)
left join jobtrail.organization_head head on head.organization_id = mine.id and head.source = :?source
where head.claimed_poll is distinct from mine.claim
    or exists (
        select from jobtrail.publication
        where publication.organization_id = mine.id and publication.halted_by = 'database-set-back')
