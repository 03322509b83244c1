-- What the law asks of a history that nobody may edit: old rows go, and one job can be forgotten. What is left still verifies.

create table sealed_row (
    like job_history including comments,
    constraint sealed_row_once primary key (organization_id, job_type, job_id)
);
create index sealed_row_by_seq on sealed_row (organization_id, seq);
comment on table sealed_row is
    'The last row of each job among the rows that retain has removed, as it was: views and verification start from it.';

create or replace function refuse_change() returns trigger
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    lawful text;
begin
    if tg_op <> 'TRUNCATE' then
        select what into lawful from lawful_change where transaction_id = pg_current_xact_id();
    end if;
    if tg_op = 'DELETE' and lawful = 'retain' and tg_table_name in ('job_history', 'sealed_row') then
        return old;
    end if;
    if tg_op = 'UPDATE' and lawful = 'erase' and tg_table_name in ('job_history', 'sealed_row')
        and new.payload is null and new.raw is null and new.salt is null
        and to_jsonb(new) - array['payload', 'raw', 'salt'] = to_jsonb(old) - array['payload', 'raw', 'salt'] then
        return new;
    end if;
    raise exception '% of %.% is refused: it is append-only', tg_op, tg_table_schema, tg_table_name
        using errcode = 'JT004', hint = 'What may be removed is removed by the commands retain and erase.';
end $$;

create function retainable(p_organization_id text, p_before timestamptz)
    returns table (first_seq bigint, last_seq bigint, uncovered bigint, reason text)
    language plpgsql stable set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    oldest    bigint;
    wanted    bigint;
    published bigint := 0;
    covered   bigint := 0;
    stopped   text;
begin
    select min(seq) into oldest from job_history where organization_id = p_organization_id;
    if oldest is null then
        return query select 1::bigint, 0::bigint, 0::bigint, null::text;
        return;
    end if;
    -- Never before the row before it: the first that is young enough ends the search.
    select seq - 1 into wanted from job_history
    where organization_id = p_organization_id and observed_at >= p_before order by seq limit 1;
    if wanted is null then
        select max(seq) into wanted from job_history where organization_id = p_organization_id;
    end if;
    select case when halted is null then published_seq else 0 end, halted into published, stopped
    from publication where organization_id = p_organization_id;
    select seq into covered from checkpointed where organization_id = p_organization_id;
    published := coalesce(published, 0);
    covered := coalesce(covered, 0);
    return query
        select oldest, greatest(least(wanted, published, covered), oldest - 1),
            greatest(wanted - greatest(least(published, covered), oldest - 1), 0),
            case
                when wanted <= least(published, covered) then null
                when stopped is not null then 'are of a publication that is halted'
                when published <= covered then 'are not published yet'
                else 'are not covered by a checkpoint yet'
            end;
end $$;
comment on function retainable is
    'Which rows of an organization retain may remove: older than a moment, on the topic, and covered by a checkpoint. And how many that are old enough have to wait, and why.';

create function retain(p_organization_id text, p_before timestamptz)
    returns table (first_seq bigint, last_seq bigint, jobs bigint, uncovered bigint, reason text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head    organization_head;
    range   record;
    oldest  job_history;
    newest  job_history;
    kept    bigint;
    digest  text;
    removed bigint;
begin
    perform durable();
    select * into head from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    select * into range from retainable(p_organization_id, p_before);
    if range.last_seq < range.first_seq then
        return query select range.first_seq, range.last_seq, 0::bigint, range.uncovered, range.reason;
        return;
    end if;
    -- A poll on its way records nothing: what it compared with was the history before this.
    update organization_head set claimed_poll = claimed_poll + 1 where organization_id = p_organization_id;
    insert into lawful_change values (pg_current_xact_id(), 'retain');

    select * into strict oldest from job_history where organization_id = p_organization_id and seq = range.first_seq;
    select * into strict newest from job_history where organization_id = p_organization_id and seq = range.last_seq;

    -- Of each job its last row. The numbers come first: to sort whole rows would take space as large as the history.
    delete from sealed_row sealed
    where sealed.organization_id = p_organization_id and exists (
        select from job_history line
        where line.organization_id = p_organization_id and line.job_type = sealed.job_type and line.job_id = sealed.job_id
            and line.seq <= range.last_seq
    );
    with latest as materialized (
        select max(seq) as seq from job_history
        where organization_id = p_organization_id and seq <= range.last_seq group by job_type, job_id
    )
    insert into sealed_row
    select line.* from latest join job_history line on line.organization_id = p_organization_id and line.seq = latest.seq;

    delete from job_history where organization_id = p_organization_id and seq <= range.last_seq;
    get diagnostics removed = row_count;
    if removed <> range.last_seq - range.first_seq + 1 then
        raise exception 'organization % has % rows from % to %: it is not removed, run verify', p_organization_id, removed,
            range.first_seq, range.last_seq using errcode = 'JT005';
    end if;

    select count(*), encode(sha256(coalesce(string_agg(hash, ''::bytea order by seq), ''::bytea)), 'hex') into kept, digest
    from sealed_row where organization_id = p_organization_id;
    perform append_note(
        'seal', p_organization_id,
        format('rows %s to %s of organization %s, observed from %s to %s, were removed; of %s jobs the last row is kept',
            range.first_seq, range.last_seq, p_organization_id, iso(oldest.observed_at), iso(newest.observed_at), kept),
        json_build_object(
            'organizationId', p_organization_id, 'firstSeq', range.first_seq, 'firstHash', encode(oldest.hash, 'hex'),
            'lastSeq', range.last_seq, 'lastHash', encode(newest.hash, 'hex'), 'rows', removed,
            'observedFrom', iso(oldest.observed_at), 'observedTo', iso(newest.observed_at), 'jobs', kept,
            'jobsDigest', digest)::text);
    delete from lawful_change where transaction_id = pg_current_xact_id();
    return query select range.first_seq, range.last_seq, kept, range.uncovered, range.reason;
end $$;
comment on function retain is
    'Removes an organization''s rows from before a moment, keeps each job''s last one, and seals what was there. Only beyond publisher and checkpoint.';

create function claim_erasure(p_organization_id text, p_job_type text, p_job_id text)
    returns table (claimed_poll bigint, observed_at text, source text, organization_name text, job_type text, job_id text,
                   api_version text, present boolean, erased boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head  organization_head;
    state job_state;
    types text;
    kind  text;
begin
    perform durable();
    select * into head from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    select string_agg(known.job_type, ' and ' order by known.job_type) into types from job_state known
    where known.organization_id = p_organization_id and known.job_id = p_job_id
        and known.job_type = coalesce(p_job_type, known.job_type);
    if types is null then
        raise exception 'organization % has no % job %', p_organization_id, coalesce(p_job_type, 'backup or copy'), p_job_id
            using errcode = 'JT005';
    elsif types like '% and %' then
        raise exception 'organization % has a % job %: say which one is meant', p_organization_id, types, p_job_id
            using errcode = 'JT005';
    end if;
    select * into strict state from job_state known
    where known.organization_id = p_organization_id and known.job_id = p_job_id and known.job_type = types;
    select line.change_kind into strict kind
    from (table job_history union all table sealed_row) line
    where line.organization_id = p_organization_id and line.seq = state.last_seq;
    if kind <> 'erased' then
        if state.last_seq > coalesce(
            (select published_seq from publication where organization_id = p_organization_id and halted is null), 0) then
            raise exception 'row % of job % is not published yet: what the topic gets must be what was recorded',
                state.last_seq, p_job_id using errcode = 'JT005';
        end if;
        update organization_head known
        set claimed_poll = known.claimed_poll + 1, claimed_at = greatest(clock_timestamp(), known.last_observed_at)
        where known.organization_id = p_organization_id
        returning * into head;
    end if;
    return query select head.claimed_poll, iso(head.claimed_at), head.source, head.organization_name, state.job_type,
        state.job_id, state.api_version, not state.missing, kind = 'erased';
end $$;
comment on function claim_erasure is
    'Finds a job that is to be erased and takes the right to append the row that says so; refuses one of which a row is not published yet. One that is erased already is told, and not claimed.';

create function erase(p_organization_id text, p_job_type text, p_job_id text, p_claim bigint, p_changes json)
    returns table (superseded boolean, seq bigint, rows bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head     organization_head;
    state    job_state;
    blanked  bigint;
    sealed   bigint;
    rejected bigint;
    appended record;
begin
    perform durable();
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        return query select true, null::bigint, 0::bigint;
        return;
    end if;
    if (select array_agg(change_kind || ' ' || job_type || ' ' || job_id)
        from json_to_recordset(p_changes) as change (change_kind text, job_type text, job_id text))
        is distinct from array['erased ' || p_job_type || ' ' || p_job_id] then
        raise exception 'an erasure appends one row of kind erased, of the job that it erases' using errcode = 'JT005';
    end if;
    select * into strict state from job_state known
    where known.organization_id = p_organization_id and known.job_type = p_job_type and known.job_id = p_job_id;
    if state.last_seq > coalesce(
        (select published_seq from publication where organization_id = p_organization_id and halted is null), 0) then
        raise exception 'row % of job % is not published yet: what the topic gets must be what was recorded',
            state.last_seq, p_job_id using errcode = 'JT005';
    end if;

    -- What earlier erasures said holds nothing of the job.
    insert into lawful_change values (pg_current_xact_id(), 'erase');
    update job_history line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics blanked = row_count;
    update sealed_row line set payload = null, raw = null, salt = null
    where line.organization_id = p_organization_id and line.job_type = p_job_type and line.job_id = p_job_id
        and line.change_kind <> 'erased' and line.salt is not null;
    get diagnostics sealed = row_count;
    delete from lawful_change where transaction_id = pg_current_xact_id();

    -- Its id as a value or at the end of a link, whatever the case: rather one element too many than one too few.
    update rejected_job element set raw = '', reason = 'erased'
    where element.source = head.source and element.organization_id in (p_organization_id, '')
        and (position(lower(to_json(p_job_id)::text) in lower(element.raw)) > 0
            or position('/' || lower(p_job_id) in lower(element.raw)) > 0);
    get diagnostics rejected = row_count;

    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    update job_state known
    set snapshot = '{}', digest = sha256('{}'), raw_digest = decode(repeat('00', 32), 'hex'), last_seq = appended.last_seq
    where known.organization_id = p_organization_id and known.job_type = p_job_type and known.job_id = p_job_id;

    perform append_note(
        'erasure', p_organization_id,
        format('the payloads and texts of %s rows of %s job %s of organization %s were erased; row %s says so',
            blanked + sealed, p_job_type, p_job_id, p_organization_id, appended.last_seq),
        json_build_object(
            'organizationId', p_organization_id, 'jobType', p_job_type, 'jobId', p_job_id, 'seq', appended.last_seq,
            'rows', blanked, 'sealedRows', sealed, 'rejectedElements', rejected)::text);
    return query select false, appended.last_seq, blanked + sealed;
end $$;
comment on function erase is
    'Blanks what is kept of one job, keeps the digests, and appends a row of kind erased. Records nothing where somebody else has claimed.';

create function suspicions()
    returns table (organization_id text, organization_name text, job_type text, since text, last_seen text, accepted boolean,
                   reason text)
    language sql stable set search_path = jobtrail, pg_temp as $$
    select list.organization_id, head.organization_name, list.job_type, iso(list.suspect_since), iso(list.suspect_seen),
        coalesce(list.accepted_digest = list.suspect_digest, false),
        (
            select entry ->> 'reason' from poll_receipt receipt, json_array_elements(receipt.not_complete::json) entry
            where receipt.source = head.source and receipt.attempt = list.suspect_attempt
                and entry ->> 'organizationId' = list.organization_id and entry ->> 'jobType' = list.job_type
        )
    from job_list list join organization_head head using (organization_id)
    where list.suspect_digest is not null
    order by list.organization_id, list.job_type
$$;
comment on function suspicions is 'The reduced lists that are not believed, since when, and whether an operator has accepted them.';

create function accept_suspect(p_organization_id text, p_job_type text)
    returns table (job_type text, since text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    list  job_list;
    owner text;
begin
    perform durable();
    perform from organization_head where organization_id = p_organization_id for update;
    if not found then
        raise exception 'organization % has no history', p_organization_id using errcode = 'JT005';
    end if;
    for list in
        select * from job_list known
        where known.organization_id = p_organization_id and known.job_type = coalesce(p_job_type, known.job_type)
            and known.suspect_digest is not null and known.suspect_digest is distinct from known.accepted_digest
        order by known.job_type
    loop
        select organization_id into owner from organization_head
        where encode(sha256(convert_to('of organization ' || organization_id, 'UTF8')), 'hex') = list.suspect_digest;
        if found then
            raise exception 'the list of % jobs of organization % holds the jobs of organization %: it cannot be accepted',
                list.job_type, p_organization_id, owner using errcode = 'JT005';
        end if;
        update job_list known set accepted_digest = known.suspect_digest
        where known.organization_id = p_organization_id and known.job_type = list.job_type;
        perform append_note(
            'suspicion-accepted', p_organization_id,
            format('the reduced list of %s jobs of organization %s, read since %s, was accepted',
                list.job_type, p_organization_id, iso(list.suspect_since)),
            json_build_object(
                'organizationId', p_organization_id, 'jobType', list.job_type, 'list', list.suspect_digest,
                'since', iso(list.suspect_since))::text);
        return query select list.job_type, iso(list.suspect_since);
    end loop;
end $$;
comment on function accept_suspect is
    'Confirms the reduced lists of an organization that are being watched: the next poll that reads the same believes it.';

create or replace function reconcile_publication(p_cursors json, p_cluster_id text, p_topic_id text)
    returns table (organization_id text, halted text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    -- Per organization: acknowledged (PostgreSQL) <= cursor (Kafka) <= head (PostgreSQL), and the row at the cursor has
    -- the cursor's hash. Anything else means that one of the two stores lost data; then a person decides. Where everything
    -- that is published is sealed, the row at the cursor is the last sealed one.
    with compared as (
        select coalesce(kafka.organization_id, known.organization_id) as organization_id,
            coalesce(kafka.seq, 0) as cursor_seq, decode(coalesce(kafka.hash, repeat('00', 32)), 'hex') as cursor_hash,
            coalesce(known.published_seq, 0) as acknowledged_seq, coalesce(head.last_seq, 0) as head_seq,
            coalesce(line.hash, sealed.hash) as line_hash, known.cluster_id as known_cluster, known.topic_id as known_topic
        from json_to_recordset(p_cursors) as kafka (organization_id text, seq bigint, hash text)
        full join publication known on known.organization_id = kafka.organization_id
        left join organization_head head on head.organization_id = coalesce(kafka.organization_id, known.organization_id)
        left join job_history line on line.organization_id = kafka.organization_id and line.seq = kafka.seq
        left join sealed_row sealed on sealed.organization_id = kafka.organization_id and sealed.seq = kafka.seq
    ), judged as (
        select *,
            case
                when acknowledged_seq > 0 and known_cluster <> p_cluster_id then format(
                    'another Kafka cluster: row %s of organization %s was acknowledged by cluster %s, this is %s',
                    acknowledged_seq, organization_id, known_cluster, p_cluster_id)
                when acknowledged_seq > 0 and known_topic <> p_topic_id then format(
                    'the events topic was made anew: row %s of organization %s is on the one before',
                    acknowledged_seq, organization_id)
                when cursor_seq < acknowledged_seq then format(
                    'Kafka lost data: it acknowledged row %s of organization %s, its cursor stands at row %s',
                    acknowledged_seq, organization_id, cursor_seq)
                when cursor_seq > head_seq then format(
                    'PostgreSQL was set back: Kafka has row %s of organization %s, the history ends at row %s',
                    cursor_seq, organization_id, head_seq)
                when cursor_seq > 0 and line_hash is distinct from cursor_hash then format(
                    'the histories differ: row %s of organization %s is another one on Kafka', cursor_seq, organization_id)
            end as halted
        from compared
    )
    -- Of an organization that is halted before anything was acknowledged, nothing counts as published: its rows wait.
    insert into publication as known (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id, halted)
    select organization_id, case when halted is null then cursor_seq else 0 end,
        case when halted is null then cursor_hash else decode(repeat('00', 32), 'hex') end, clock_timestamp(),
        p_cluster_id, p_topic_id, halted
    from judged
    on conflict (organization_id) do update
    set halted = excluded.halted,
        published_seq = case when excluded.halted is null then excluded.published_seq else known.published_seq end,
        published_hash = case when excluded.halted is null then excluded.published_hash else known.published_hash end,
        published_at = excluded.published_at,
        cluster_id = case when excluded.halted is null then excluded.cluster_id else known.cluster_id end,
        topic_id = case when excluded.halted is null then excluded.topic_id else known.topic_id end;

    return query select p.organization_id, p.halted from publication p where p.halted is not null;
end $$;
