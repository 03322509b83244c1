-- A poll that broke off between two portions left its first changes behind, and the digest of the list before as what was recorded last:
-- where the next list was that one again, nothing was compared, and what had been recorded of the other stayed.
do $$
declare
    recording text := pg_get_functiondef('jobtrail.record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[],
        text[], text[], timestamptz[], timestamptz[], text[], text[], text[], bytea[], bytea[], json, json)'::regprocedure);
    before    text := '
        end if;
        return query
            select organization_id, claimed_poll <> portion.claimed_poll, last_seq';
begin
    if position(before in recording) = 0 then
        raise exception 'record_polls is not that of version 37';
    end if;
    execute replace(recording, before, '
        elsif head.organization_id is not null and not portion.last then
            -- What is known of the jobs is not that of the list before any more, and not yet that of this one.
            update job_list list set content_digest = null
            where list.organization_id = portion.organization_id and list.job_type = portion.job_type and list.content_digest is not null;'
        || before);
end $$;

-- Nobody knows in which lists that has happened: the next poll compares all of them, job by job. Locked as a whole: whoever records
-- beside it locks several of them in an order of its own.
lock table job_list in share row exclusive mode;
update job_list set content_digest = null where content_digest is not null;
