-- Jobs that only the history knew that a new epoch left behind stayed on the state topic for ever: states were written again of the
-- jobs that the database knows, and nobody else's row says that those are gone.

create table left_behind_state (
    organization_id text        not null,
    job_type        text        not null,
    job_id          text        not null,
    source          text        not null,
    seq             bigint      not null,
    observed_at     timestamptz not null,
    hash            bytea       not null,
    constraint left_behind_state_once primary key (organization_id, job_type, job_id)
);
comment on table left_behind_state is
    'What recover has found on the state topic of jobs that the database does not know; gone when the states were written again.';
comment on column left_behind_state.organization_id is 'The organization''s id in VB365.';
comment on column left_behind_state.job_type is 'backup or copy.';
comment on column left_behind_state.job_id is 'The job''s id in VB365.';
comment on column left_behind_state.source is 'The configured source that showed the job.';
comment on column left_behind_state.seq is 'ce_sequence of the state: the number of the job''s last row in the history that is not here.';
comment on column left_behind_state.observed_at is 'ce_time of the state.';
comment on column left_behind_state.hash is 'ce_id of the state.';

create function stage_states(p_states json) returns void
    language sql security definer set search_path = jobtrail, pg_temp as $$
    delete from left_behind_state known
    using json_to_recordset(p_states) as state (organization_id text, job_type text, job_id text)
    where known.organization_id = state.organization_id and known.job_type = state.job_type and known.job_id = state.job_id;
    insert into left_behind_state
    select organization_id, job_type, job_id, source, seq, observed_at, decode(hash, 'hex')
    from json_to_recordset(p_states) as state (
        organization_id text, job_type text, job_id text, source text, seq bigint, observed_at timestamptz, hash text, present boolean)
    where present and not exists (
        select from job_state known
        where known.organization_id = state.organization_id and known.job_type = state.job_type and known.job_id = state.job_id)
$$;
comment on function stage_states is
    'Puts aside which states the topic has of jobs that the database does not know; each key once, and the later call counts.';

create or replace function next_states(p_after json, p_identity json, p_rows integer, p_bytes bigint) returns setof job_history
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    kafka publication_identity;
begin
    -- As far as the events are on the topic, and no further: what comes later brings its states along. A job of which nothing is
    -- on the topic yet must not count towards the limit: a batch of such jobs alone would pass for the end.
    return query
        with known as (
            select state.organization_id, state.job_type, state.job_id, publication.published_seq, false as left_behind
            from publication join job_state state using (organization_id)
            where publication.state_topic_id is null and publication.halted is null and publication.published_seq > 0
                and (p_after is null
                    or (state.organization_id, state.job_type, state.job_id)
                        > (p_after ->> 'organization_id', p_after ->> 'job_type', p_after ->> 'job_id'))
                and (state.last_seq <= publication.published_seq
                    or exists (
                        select from job_history line
                        where line.organization_id = state.organization_id and line.job_type = state.job_type
                            and line.job_id = state.job_id and line.seq <= publication.published_seq)
                    or exists (
                        select from sealed_row line
                        where line.organization_id = state.organization_id and line.job_type = state.job_type
                            and line.job_id = state.job_id and line.seq <= publication.published_seq))
            order by state.organization_id, state.job_type, state.job_id
            limit p_rows
        ), left_behind as (
            -- Asked now: a job that is recorded since has its own rows, and a tombstone might come after their state. The key
            -- names no job type.
            select state.organization_id, state.job_type, state.job_id, publication.published_seq, true as left_behind
            from publication join left_behind_state state using (organization_id)
            where publication.state_topic_id is null and publication.halted is null and publication.published_seq > 0
                and (p_after is null
                    or (state.organization_id, state.job_type, state.job_id)
                        > (p_after ->> 'organization_id', p_after ->> 'job_type', p_after ->> 'job_id'))
                and not exists (
                    select from job_state here
                    where here.organization_id = state.organization_id and here.job_id = state.job_id)
            order by state.organization_id, state.job_type, state.job_id
            limit p_rows
        ), wanted as (
            select * from known union all select * from left_behind
            order by organization_id, job_type, job_id
            limit p_rows
        ), latest as (
            select line as line, row_number() over by_job as n,
                sum(coalesce(octet_length((line).payload), 0)) over by_job as bytes
            from wanted, lateral (
                select one as line
                from (
                    select * from job_history line
                    where not wanted.left_behind and line.organization_id = wanted.organization_id
                        and line.job_type = wanted.job_type and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                    union all
                    select * from sealed_row line
                    where not wanted.left_behind and line.organization_id = wanted.organization_id
                        and line.job_type = wanted.job_type and line.job_id = wanted.job_id and line.seq <= wanted.published_seq
                    union all
                    -- Without a payload, as an erased row: a tombstone, under the number of the state that it ends.
                    select line.* from left_behind_state state
                    cross join lateral json_populate_record(null::job_history, row_to_json(state)) line
                    where wanted.left_behind and state.organization_id = wanted.organization_id
                        and state.job_type = wanted.job_type and state.job_id = wanted.job_id
                ) one
                order by one.seq desc limit 1
            ) last
            window by_job as (order by wanted.organization_id, wanted.job_type, wanted.job_id rows unbounded preceding)
        )
        select (line).* from latest where n = 1 or bytes <= p_bytes order by n;
    if not found then
        kafka := json_populate_record(null::publication_identity, p_identity);
        with written as (
            update publication set state_topic_id = kafka.state_topic_id where state_topic_id is null and halted is null
            returning organization_id
        )
        delete from left_behind_state state using written where state.organization_id = written.organization_id;
    end if;
end $$;
comment on function next_states is
    'Yields the last published row of each job of which the state has to be written to the state topic, and one without a payload of each that only the topic knows, in order of the jobs; after the last of them, notes that all are there.';
