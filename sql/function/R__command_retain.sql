-- retain: rows that are old enough go, sealed.

create or replace function skipped_numbers(p_organization_id text, p_first bigint, p_last bigint) returns bigint
    language sql stable set search_path = jobtrail, pg_temp as $$
    select coalesce(sum((content::json ->> 'firstSeq')::bigint - 1 - (content::json ->> 'localSeq')::bigint), 0)::bigint
    from ledger_note
    where kind = 'epoch' and organization_id = p_organization_id and (content::json ->> 'firstSeq')::bigint > p_first
        and (content::json ->> 'firstSeq')::bigint <= p_last + 1
$$;
comment on function skipped_numbers is
    'How many numbers between two rows belong to histories that a new epoch left behind.';

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
comment on function retainable is
    'Which rows of an organization retain may remove: older than a moment, on the topic, and covered by a checkpoint. And how many that are old enough have to wait, and why.';

create or replace function retain(p_organization_id text, p_before timestamptz, p_up_to bigint)
    returns table (first_seq bigint, last_seq bigint, jobs bigint, uncovered bigint, reason text)
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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
    -- Of these, whoever calls has looked for on the topic; what has come to be old enough, or covered, meanwhile waits for the next time.
    if range.last_seq > p_up_to then
        range.uncovered := range.uncovered + range.last_seq - p_up_to - skipped_numbers(p_organization_id, p_up_to + 1, range.last_seq);
        range.reason := coalesce(range.reason, 'have come to be removable meanwhile');
        range.last_seq := p_up_to;
    end if;
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
    if removed + skipped_numbers(p_organization_id, range.first_seq, range.last_seq) <> range.last_seq - range.first_seq + 1 then
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
comment on function retain(text, timestamptz, bigint) is
    'Removes an organization''s rows from before a moment, keeps each job''s last one, and seals what was there. Only beyond publisher and checkpoint, and none after p_up_to, where that is given.';

create or replace function retain(p_organization_id text, p_before timestamptz)
    returns table (first_seq bigint, last_seq bigint, jobs bigint, uncovered bigint, reason text)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select * from retain(p_organization_id, p_before, null)
$$;
comment on function retain(text, timestamptz) is
    'Removes an organization''s rows from before a moment, as many as may be removed.';
