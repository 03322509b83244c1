-- Yields those of some organizations of a source that anybody has claimed since, those of which the database knows another list of
-- backup jobs, as one that was restored does, and those whose history was set back.
select mine.id as organization_id
from unnest(:?organization_ids::text[], :?claims::text[], :?contents::text[]) as mine (id, claim, content)
left join jobtrail.organization_head head on head.organization_id = mine.id and head.source = :?source
left join jobtrail.job_list list on list.organization_id = mine.id and list.job_type = 'backup'
where head.claimed_poll is distinct from mine.claim::bigint
    or list.content_digest is distinct from decode(mine.content, 'hex')
    or mine.id = any (array(
        select organization_id from jobtrail.publication where halted_by = 'database-set-back'))
