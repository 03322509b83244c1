-- The last snapshots of the jobs that changed: what their rows say under before. They are what their last rows say under after, which
-- stands last in a payload: where nothing else has that name, it need not be read as JSON.
select changed.organization_id, changed.job_type, changed.job_id,
    case
        when cardinality(parts) = 2 and starts_with(parts[2], '{')
            then substr(convert_to(parts[2], 'UTF8'), 1, octet_length(parts[2]) - 1)
        when payload is not null
            then convert_to(coalesce(payload::json ->> 'after', payload::json ->> 'before', '{}'), 'UTF8')
    end as snapshot
from unnest(:?organization_ids::text[], :?job_types::text[], :?job_ids::text[]) as changed (organization_id, job_type, job_id),
    -- Each by the index: joined, the plan that is made while the table is small would read all of it.
    lateral (
        select known.last_seq from jobtrail.known_job known
        where known.organization_id = changed.organization_id and known.job_type = changed.job_type and known.job_id = changed.job_id
        offset 0
    ) known,
    lateral (
        select line.payload, string_to_array(line.payload, ',"after":') as parts from jobtrail.job_history line
        where line.organization_id = changed.organization_id and line.seq = known.last_seq
            and line.job_type = changed.job_type and line.job_id = changed.job_id
        union all
        select line.payload, string_to_array(line.payload, ',"after":') from jobtrail.sealed_row line
        where line.organization_id = changed.organization_id and line.seq = known.last_seq
            and line.job_type = changed.job_type and line.job_id = changed.job_id
        limit 1
    ) last
