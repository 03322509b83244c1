-- What recovery and its neighbours did not look at: they said that all was well, or stopped, where rows are missing on the topic or
-- numbers were left out by a new epoch.

create function left_behind(p_organization_id text) returns int8multirange
    language sql stable set search_path = jobtrail, pg_temp as $$
    select coalesce(range_agg(int8range((content::json ->> 'forkedSeq')::bigint, (content::json ->> 'topicSeq')::bigint, '[]')), '{}')
    from ledger_note
    where kind = 'epoch' and organization_id = p_organization_id
        and (content::json ->> 'forkedSeq')::bigint <= (content::json ->> 'topicSeq')::bigint
$$;
comment on function left_behind is 'Under which numbers the topic may have other rows than the history, of one that a new epoch left behind.';

drop function recover_from_topic(text, text, bigint, json);

create function recover_from_topic(p_organization_id text, p_source text, p_cursor_seq bigint, p_whole_after bigint,
                                   p_identity json)
    returns table (restored bigint, last_seq bigint, last_hash text, source text, epoch integer, database_id text, gone bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    otherwise    text;
    topic_seq    bigint;
    topic_hash   bytea;
    wrong        bigint;
    left_behind  int8multirange := left_behind(p_organization_id);
    erased       record;
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    head := lock_for_recovery(
        p_organization_id,
        coalesce(p_source, (select min(line ->> 'source') from recovered_event where organization_id = p_organization_id)));
    -- What is refused here, the other way must take: neither of the two takes every halt.
    select published_seq,
        case when halted_by in ('database-set-back', 'histories-differ') then 'run recover --new-epoch'
            else 'run republish --to a new topic' end
    into acknowledged, otherwise from publication where organization_id = p_organization_id;
    acknowledged := greatest(acknowledged, p_cursor_seq, 0);
    otherwise := coalesce(otherwise, 'run recover --new-epoch');

    select seq, hash into topic_seq, topic_hash from recovered_event
    where organization_id = p_organization_id order by seq desc limit 1;
    if coalesce(topic_seq, 0) < acknowledged then
        raise exception 'the topic holds organization % up to row % only, row % was acknowledged: %',
            p_organization_id, coalesce(topic_seq, 0), acknowledged, otherwise using errcode = 'JT005';
    end if;

    -- Whatever both have must be the same, but for what a new epoch left behind.
    select min(event.seq) into wrong
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id and event.seq <= head.last_seq
        and coalesce(line.hash, sealed.hash) <> event.hash and not left_behind @> event.seq;
    if wrong is not null then
        raise exception 'row % of organization % is another one on the topic: the histories differ; %',
            wrong, p_organization_id, otherwise using errcode = 'JT005';
    end if;

    -- And what the topic has besides must go on where the history ends, row by row, with the hashes that it says.
    with missing as (
        select event.seq, event.hash, history as line
        from recovered_event event cross join lateral json_populate_record(null::job_history, event.line) history
        where event.organization_id = p_organization_id and event.seq > head.last_seq
    ), chained as (
        select seq, hash, (line).prev_hash as prev_hash, head.last_seq + row_number() over by_seq as expected,
            chain(head.last_hash, 'jobtrail/job_history/1', job_history_item(line)) over by_seq as computed,
            lag(hash, 1, head.last_hash) over (order by seq) as before
        from missing
        window by_seq as (order by seq rows unbounded preceding)
    )
    select least(min(expected) filter (where seq <> expected),
            min(seq) filter (where hash is distinct from computed or prev_hash is distinct from before))
    into wrong from chained;
    if wrong is not null then
        raise exception 'row % of organization % cannot be restored: the topic does not have it as it was recorded; %',
            wrong, p_organization_id, otherwise using errcode = 'JT005';
    end if;

    -- What the history has and the topic has not would stay away for good: its consumers never learn of it. Where the topic has
    -- rows that the history has lost, those come first: republish could not publish them.
    select min(line.seq) into gone
    from job_history line
    where line.organization_id = p_organization_id and line.seq > p_whole_after
        and line.seq <= least(coalesce(topic_seq, 0), head.last_seq) and not left_behind @> line.seq
        and not exists (
            select from recovered_event event where event.organization_id = p_organization_id and event.seq = line.seq);
    if gone is not null and topic_seq <= head.last_seq then
        raise exception 'row % of organization % is not on the topic: run republish --to a new topic', gone, p_organization_id
            using errcode = 'JT005';
    end if;

    insert into lawful_change values (pg_current_xact_id(), 'erase');
    insert into job_history
    select history.* from recovered_event event cross join lateral json_populate_record(null::job_history, event.line) history
    where event.organization_id = p_organization_id and event.seq > head.last_seq order by event.seq;
    get diagnostics restored = row_count;

    for erased in
        select job_type, job_id, max(seq) as seq from job_history
        where organization_id = p_organization_id and seq > head.last_seq and change_kind = 'erased'
        group by job_type, job_id order by 3
    loop
        perform forget_erased(p_organization_id, erased.job_type, erased.job_id, erased.seq);
    end loop;
    delete from lawful_change where transaction_id = pg_current_xact_id();

    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select distinct on (line.job_type, line.job_id) p_organization_id, line.job_type, line.job_id,
        coalesce(event.snapshot, '{}'), coalesce(decode(event.digest, 'hex'), sha256('{}')),
        decode(repeat('00', 32), 'hex'), event.api_version,
        case when line.change_kind = 'erased' then coalesce(not (line.payload::json ->> 'present')::boolean, false)
            else line.change_kind = 'missing' end,
        0, line.seq
    from job_history line join recovered_event event using (organization_id, seq, hash)
    where line.organization_id = p_organization_id and line.seq > head.last_seq
    order by line.job_type, line.job_id, line.seq desc
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0, last_seq = excluded.last_seq;

    if restored > 0 then
        update organization_head known
        set last_seq = line.seq, last_hash = line.hash, last_observed_at = line.observed_at, epoch = line.epoch,
            claimed_at = greatest(known.claimed_at, line.observed_at),
            organization_name = coalesce(known.organization_name, line.payload::json #>> '{organization,name}')
        from job_history line
        where known.organization_id = p_organization_id and line.organization_id = p_organization_id and line.seq = topic_seq;
        -- Whose first poll it was is known: it is not the first again.
        insert into job_list as list (organization_id, job_type, recorded_poll)
        select distinct p_organization_id, line.job_type, head.claimed_poll from job_history line
        where line.organization_id = p_organization_id and line.seq > head.last_seq
        on conflict (organization_id, job_type) do update set recorded_poll = greatest(list.recorded_poll, excluded.recorded_poll);
        insert into source_head as known (source, last_attempt)
        select line.source, max(line.attempt) from job_history line
        where line.organization_id = p_organization_id and line.seq > head.last_seq group by line.source
        on conflict (source) do update set last_attempt = greatest(known.last_attempt, excluded.last_attempt);
        perform append_note(
            'recovery', p_organization_id,
            format('rows %s to %s of organization %s were restored from the topic, without the texts that the server sent',
                head.last_seq + 1, topic_seq, p_organization_id),
            json_build_object(
                'organizationId', p_organization_id, 'firstSeq', head.last_seq + 1, 'lastSeq', topic_seq,
                'lastHash', encode(topic_hash, 'hex'), 'rows', restored)::text);
    end if;
    perform resolve_publication(
        p_organization_id, coalesce(topic_seq, 0), coalesce(topic_hash, decode(repeat('00', 32), 'hex')), kafka);
    return query
        select restored, coalesce(topic_seq, 0), encode(coalesce(topic_hash, decode(repeat('00', 32), 'hex')), 'hex'),
            known.source, known.epoch, database_id(), gone
        from organization_head known where known.organization_id = p_organization_id;
end $$;
comment on function recover_from_topic is
    'Takes over from the topic the rows that the history has lost, after all that both have was found to be the same, and goes on from there.';

create or replace function retainable(p_organization_id text, p_before timestamptz)
    returns table (first_seq bigint, last_seq bigint, uncovered bigint, reason text)
    language plpgsql stable security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    oldest    bigint;
    wanted    bigint;
    last      bigint;
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
    -- Each of the three may be a number that a new epoch left out, before its first row: the last row is the one before.
    select coalesce(max(seq), oldest - 1) into wanted from job_history
    where organization_id = p_organization_id and seq <= wanted;
    select coalesce(max(seq), oldest - 1) into last from job_history
    where organization_id = p_organization_id and seq <= least(wanted, published, covered);
    return query
        select oldest, last, wanted - last - skipped_numbers(p_organization_id, last + 1, wanted),
            case
                when wanted <= least(published, covered) then null
                when stopped is not null then 'are of a publication that is halted'
                when published <= covered then 'are not published yet'
                else 'are not covered by a checkpoint yet'
            end;
end $$;

create or replace function erase(p_organization_id text, p_job_type text, p_job_id text, p_claim bigint, p_changes json)
    returns table (superseded boolean, seq bigint, rows bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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

    -- Its id as a value or at the end of a link, whatever the case: rather one element too many than one too few. In whose list
    -- it stood does not matter: what another organization's list had of the job is its text all the same.
    update rejected_job element set raw = '', reason = 'erased'
    where element.source = head.source
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

create or replace function write_receipt(p_receipt json) returns bigint
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
declare
    head    source_head;
    receipt poll_receipt;
    written bigint;
begin
    perform durable();
    receipt := json_populate_record(null::poll_receipt, p_receipt);
    select * into strict head from source_head where source = receipt.source for update;
    -- Whoever lost the answer asks again.
    select seq into written from poll_receipt
    where source = receipt.source and attempt = receipt.attempt and share is not distinct from receipt.share;
    if written is not null then
        return written;
    end if;
    -- Somebody else polls the share again, and will tell of it.
    if exists (
        select from poll_share
        where source = receipt.source and attempt = receipt.attempt and share = receipt.share
            and taking <> (p_receipt ->> 'taking')::integer) then
        return null;
    end if;
    receipt.seq := head.last_receipt + 1;
    receipt.finished_at := greatest(clock_timestamp(), receipt.started_at);
    receipt.prev_hash := head.last_hash;
    if p_receipt ->> 'organization_ids' is not null then
        insert into organization_list (digest, organization_ids)
        select sha256(string_agg(length_prefixed(id), '' order by id collate "C")), array_agg(id order by id collate "C")
        from json_array_elements_text(p_receipt -> 'organization_ids') as listed (id)
        having count(*) > 0
        on conflict (digest) do nothing;
        select sha256(string_agg(length_prefixed(id), '' order by id collate "C")) into receipt.organization_digest
        from json_array_elements_text(p_receipt -> 'organization_ids') as listed (id);
    end if;
    receipt.hash := chain_step(null, receipt.prev_hash, 'jobtrail/poll_receipt/1', poll_receipt_item(receipt));
    insert into poll_receipt select receipt.*;
    -- An attempt that a failover has survived may be one that this server never opened: its number is not given away again, or
    -- whoever got it would be told that its receipt is written.
    update source_head
    set last_receipt = receipt.seq, last_hash = receipt.hash, last_attempt = greatest(last_attempt, receipt.attempt)
    where source = receipt.source;
    update source_head
    set last_complete_at = greatest(last_complete_at, (
        select min(started_at) from poll_receipt where source = receipt.source and attempt = receipt.attempt))
    where source = receipt.source and receipt.outcome = 'COMPLETE' and is_over(receipt.source, receipt.attempt)
        and not exists (
            select from poll_receipt
            where source = receipt.source and attempt = receipt.attempt and outcome <> 'COMPLETE');
    return receipt.seq;
end $$;

create or replace function begin_epoch(p_organization_id text, p_claim bigint, p_topic_seq bigint, p_topic_hash text, p_changes json,
                            p_identity json)
    returns table (epoch integer, first_seq bigint)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head         organization_head;
    kafka        publication_identity;
    acknowledged bigint;
    forked       bigint;
    appended     record;
    left_behind  int8multirange := left_behind(p_organization_id);
begin
    perform durable();
    kafka := json_populate_record(null::publication_identity, p_identity);
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        raise exception 'organization % is polled at this moment: try again', p_organization_id using errcode = 'JT005';
    end if;

    -- The first row that is not the same on both sides; where the topic cannot be asked any more, the first that was not
    -- acknowledged.
    select min(event.seq) into forked
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id
        and (event.seq > head.last_seq or coalesce(line.hash, sealed.hash) <> event.hash)
        -- What an epoch before has left behind: all from there on would count as excused a second time.
        and not left_behind @> event.seq;
    select published_seq into acknowledged from publication where organization_id = p_organization_id;
    forked := coalesce(forked, coalesce(acknowledged, 0) + 1);

    update organization_head known
    set epoch = head.epoch + 1, last_seq = greatest(head.last_seq, p_topic_seq)
    where known.organization_id = p_organization_id;
    perform append_note(
        'epoch', p_organization_id,
        format('epoch %s of organization %s begins at row %s: its history ended at row %s, the topic has rows %s to %s of another one, which is left behind',
            head.epoch + 1, p_organization_id, greatest(head.last_seq, p_topic_seq) + 1, head.last_seq, forked, p_topic_seq),
        json_build_object(
            'organizationId', p_organization_id, 'epoch', head.epoch + 1,
            'firstSeq', greatest(head.last_seq, p_topic_seq) + 1, 'forkedSeq', forked, 'localSeq', head.last_seq,
            'localHash', encode(head.last_hash, 'hex'), 'topicSeq', p_topic_seq, 'topicHash', p_topic_hash)::text);

    select * into strict head from organization_head where organization_id = p_organization_id;
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), 0, p_changes);
    update job_state state
    set last_seq = line.seq
    from job_history line
    where state.organization_id = p_organization_id and line.organization_id = p_organization_id
        and line.seq > head.last_seq and line.job_type = state.job_type and line.job_id = state.job_id;
    perform resolve_publication(p_organization_id, p_topic_seq, decode(p_topic_hash, 'hex'), kafka);
    return query select head.epoch, head.last_seq + 1;
end $$;
