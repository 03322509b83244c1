-- A query in a loop gets copies of its parameters, flat ones: each text was found by walking over all that stand before it.

create or replace function append_changes(p_heads organization_head[], p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                                          p_payloads text[], p_raws text[])
    returns table (organization_id text, last_seq bigint, last_hash bytea)
    language plpgsql set search_path = jobtrail, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    organizations text[];
    seqs          bigint[];
    hashes        bytea[];
begin
    -- The texts are taken from the arrays where they are needed: they are most of a row, and would be copied at every step.
    with head as materialized (
        select ordinality as place, organization_id, source, epoch, last_seq, last_hash, claimed_at,
            greatest(p_recorded_at, claimed_at) as recorded_at,
            job_history_item_start(source, organization_id, epoch) as item_start,
            job_history_item_end(claimed_at, greatest(p_recorded_at, claimed_at), p_attempt) as item_end
        from unnest(p_heads) with ordinality where organization_id is not null
    ), change as materialized (
        select change.*, uuid_send(gen_random_uuid()) as salt, array_to_string(changed_fields, ',') as fields,
            iso(last_run) as last_run_text, iso(next_run) as next_run_text,
            row_number() over (partition by poll order by n) as nth
        from rows from (json_to_recordset(p_changes) as (
            poll bigint, job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean,
            last_status text, previous_status text, last_run timestamptz, next_run timestamptz
        )) with ordinality as change (poll, job_type, job_id, job_name, change_kind, changed_fields, enabled,
            last_status, previous_status, last_run, next_run, n)
    ), digested as materialized (
        select *, salted_digest(salt, p_payloads[n]) as payload_digest, salted_digest(salt, p_raws[n]) as raw_digest
        from change
    ), chained as (
        select *, chain(last_hash, 'jobtrail/job_history/1', job_history_item(
                item_start, (last_seq + nth)::text, job_type, job_id, job_name, change_kind, fields, enabled::text,
                last_status, previous_status, last_run_text, next_run_text, item_end, payload_digest, raw_digest))
            over (partition by place order by n rows unbounded preceding) as hash
        from digested join head on place = coalesce(poll, 1)
    ), appended as (
        insert into job_history
        select source, organization_id, epoch, last_seq + nth, job_type, job_id, job_name, change_kind,
            changed_fields, enabled, last_status, previous_status, last_run, next_run, claimed_at, recorded_at,
            p_attempt, p_payloads[n], p_raws[n], salt, payload_digest, raw_digest,
            lag(hash, 1, last_hash) over (partition by place order by n), hash
        from chained
        returning organization_id, seq, hash
    ), ended as (
        select organization_id, max(seq) as last_seq, (array_agg(hash order by seq desc))[1] as last_hash
        from appended group by organization_id
    )
    select array_agg(organization_id), array_agg(last_seq), array_agg(last_hash) into organizations, seqs, hashes from ended;

    for i in 1 .. coalesce(cardinality(organizations), 0) loop
        -- One by one: joined, the plan that is made while the table is small would read all of it, and all that was updated since.
        update organization_head head
        set last_seq = seqs[i], last_hash = hashes[i], last_observed_at = head.claimed_at
        where head.organization_id = organizations[i];
        return query select organizations[i], seqs[i], hashes[i];
        perform pg_notify('jobtrail', '');
    end loop;
end $$;

-- Three rows to a page instead of four. A row that is a little larger than a quarter of a page, as those of jobs with long texts are
-- where PostgreSQL compresses with lz4, would move to a second table, and each of its columns would be tried to be compressed first.
alter table job_history set (toast_tuple_target = 2712);
