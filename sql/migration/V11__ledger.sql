-- What makes the history evidence: it is durable when it says so, nobody edits it, and what happens to it is itself on record.

create function durable() returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
begin
    -- Not as a setting of the role: it would not survive SET ROLE. Not as one of the function: it would end before the commit.
    perform set_config('synchronous_commit', 'on', true);
    if current_setting('synchronous_commit') <> 'on' then
        raise exception 'synchronous_commit is %: what is committed could be lost', current_setting('synchronous_commit')
            using errcode = 'JT003', hint = 'It must be on in the transactions of Jobtrail.';
    end if;
    -- Any other level takes its snapshot before the lock, and does not see what the last holder of the lock committed.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'the isolation level is %: expected read committed', current_setting('transaction_isolation')
            using errcode = 'JT003', hint = 'Reset default_transaction_isolation of the database and of the account.';
    end if;
end $$;
comment on function durable is
    'Makes the transaction wait until it is on disk, and refuses one that would not see what others have committed.';

create table lawful_change (
    transaction_id xid8 not null,
    what           text not null,
    constraint lawful_change_once primary key (transaction_id)
);
comment on table lawful_change is 'The change of evidence that the law allows, for as long as its transaction makes it: empty to everybody else.';
comment on column lawful_change.transaction_id is 'The transaction that may.';
comment on column lawful_change.what is 'retain: remove sealed rows. erase: blank payload, raw text and salt.';

create function refuse_change() returns trigger
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    lawful text;
begin
    if tg_op <> 'TRUNCATE' then
        select what into lawful from lawful_change where transaction_id = pg_current_xact_id();
    end if;
    if tg_op = 'DELETE' and lawful = 'retain' and tg_table_name = 'job_history' then
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
comment on function refuse_change is 'Keeps evidence as it was written, also from who owns the table. Only retain and erase are let through.';

-- Nothing wrote notes before.
drop table ledger_note;

create table ledger_note (
    seq             bigint      not null,
    noted_at        timestamptz not null,
    kind            text        not null,
    organization_id text,
    note            text        not null,
    content         text,
    actor           text        not null,
    prev_hash       bytea       not null,
    hash            bytea       not null,
    constraint ledger_note_numbered_once primary key (seq)
);
comment on table ledger_note is 'What happened to the ledger itself: seals, erasures, accepted suspicions, epochs. Chained.';
comment on column ledger_note.seq is 'Gapless from 1.';
comment on column ledger_note.noted_at is 'When it happened, by the database''s clock.';
comment on column ledger_note.kind is 'seal, erasure, suspicion-accepted or epoch.';
comment on column ledger_note.organization_id is 'Whose history; null where all.';
comment on column ledger_note.note is 'What happened, in a sentence.';
comment on column ledger_note.content is 'The same as one line of JSON, for who verifies.';
comment on column ledger_note.actor is 'The login that did it.';
comment on column ledger_note.prev_hash is 'The hash of the note before; 32 zero bytes before the first.';
comment on column ledger_note.hash is 'SHA-256 over every column.';

create table ledger_head (
    only_one  boolean not null default true,
    last_seq  bigint  not null default 0,
    last_hash bytea   not null default decode(repeat('00', 32), 'hex'),
    constraint ledger_head_once primary key (only_one),
    constraint ledger_head_is_one check (only_one)
);
comment on table ledger_head is 'Where the notes end. One row.';
comment on column ledger_head.only_one is 'There is no second row.';
comment on column ledger_head.last_seq is 'seq of the newest note; 0 before the first.';
comment on column ledger_head.last_hash is 'hash of the newest note.';
insert into ledger_head default values;

create function ledger_note_item(line ledger_note) returns bytea
    language sql stable parallel safe
return length_prefixed(line.seq::text) || length_prefixed(iso(line.noted_at)) || length_prefixed(line.kind)
    || length_prefixed(line.organization_id) || length_prefixed(line.note) || length_prefixed(line.content)
    || length_prefixed(line.actor);
comment on function ledger_note_item is 'What of a note goes into its hash, besides the hash of the one before.';

create function append_note(p_kind text, p_organization_id text, p_note text, p_content text) returns bigint
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head ledger_head;
    line ledger_note;
begin
    perform durable();
    select * into strict head from ledger_head for update;
    line := row(head.last_seq + 1, clock_timestamp(), p_kind, p_organization_id, p_note, p_content, session_user,
        head.last_hash, null);
    line.hash := chain_step(null, line.prev_hash, 'jobtrail/ledger_note/1', ledger_note_item(line));
    insert into ledger_note select line.*;
    update ledger_head set last_seq = line.seq, last_hash = line.hash;
    return line.seq;
end $$;
comment on function append_note is 'Numbers, chains and appends a note.';

create function append_changes(head organization_head, p_recorded_at timestamptz, p_attempt bigint, p_changes json,
                               out last_seq bigint, out last_hash bytea)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    with incoming as (
        select * from rows from (json_to_recordset(p_changes) as (
            job_type text, job_id text, job_name text, change_kind text, changed_fields text[], enabled boolean,
            last_status text, previous_status text, last_run timestamptz, next_run timestamptz, payload text, raw text
        )) with ordinality as change (job_type, job_id, job_name, change_kind, changed_fields, enabled,
            last_status, previous_status, last_run, next_run, payload, raw, n)
    ), salted as (
        select *, uuid_send(gen_random_uuid()) as salt from incoming
    ), numbered as materialized (
        -- As a row that is there: made anew wherever a field of it is used, it would take more than twice the time.
        select n, row(head.source, head.organization_id, head.epoch, head.last_seq + n, job_type, job_id, job_name,
            change_kind, changed_fields, enabled, last_status, previous_status, last_run, next_run, head.claimed_at,
            p_recorded_at, p_attempt, payload, raw, salt, salted_digest(salt, payload), salted_digest(salt, raw), null, null
        )::job_history as line
        from salted
    ), chained as (
        select n, line, chain(head.last_hash, 'jobtrail/job_history/1', job_history_item(line))
            over (order by n rows unbounded preceding) as hash
        from numbered
    ), linked as (
        select line, hash, lag(hash, 1, head.last_hash) over (order by n) as prev_hash, n from chained
    ), appended as (
        insert into job_history
        select (line).source, (line).organization_id, (line).epoch, (line).seq, (line).job_type, (line).job_id,
            (line).job_name, (line).change_kind, (line).changed_fields, (line).enabled, (line).last_status,
            (line).previous_status, (line).last_run, (line).next_run, (line).observed_at, (line).recorded_at,
            (line).attempt, (line).payload, (line).raw, (line).salt, (line).payload_digest, (line).raw_digest,
            prev_hash, hash
        from linked order by n
        returning seq, hash
    )
    select max(seq), (array_agg(hash order by seq desc))[1] into append_changes.last_seq, append_changes.last_hash
    from appended;

    if append_changes.last_seq is null then
        append_changes.last_seq := head.last_seq;
        append_changes.last_hash := head.last_hash;
        return;
    end if;
    update organization_head
    set last_seq = append_changes.last_seq, last_hash = append_changes.last_hash, last_observed_at = head.claimed_at
    where organization_id = head.organization_id;
    perform pg_notify('jobtrail', '');
end $$;
comment on function append_changes is
    'Numbers, salts, chains and appends changes to one organization''s history, whose head the caller has locked. Yields where it ends.';

create or replace function record_poll(p_organization_id text, p_job_type text, p_claim bigint, p_attempt bigint, p_changes json,
                            p_states json, p_touched json, p_rejected json, p_suspect_digest text)
    returns table (superseded boolean, last_seq bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head     organization_head;
    appended record;
begin
    perform durable();

    -- The lock is a statement of its own, so that the next statement sees what the last holder committed.
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    if head.claimed_poll <> p_claim then
        return query select true, head.last_seq;
        return;
    end if;
    appended := append_changes(head, greatest(clock_timestamp(), head.claimed_at), p_attempt, p_changes);

    -- A job's last_seq is that of its last row, which is the last one appended for it.
    insert into job_state as state
        (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
    select p_organization_id, job_type, job_id, snapshot, decode(digest, 'hex'), decode(raw_digest, 'hex'), api_version,
        missing, 0, head.last_seq + last_change
    from json_to_recordset(p_states) as changed (
        job_type text, job_id text, snapshot text, digest text, raw_digest text, api_version text, missing boolean,
        last_change bigint)
    on conflict (organization_id, job_type, job_id) do update
    set snapshot = excluded.snapshot, digest = excluded.digest, raw_digest = excluded.raw_digest,
        api_version = excluded.api_version, missing = excluded.missing, absent_polls = 0,
        last_seq = excluded.last_seq;

    update job_state as state
    set absent_polls = touched.absent_polls,
        raw_digest = coalesce(decode(touched.raw_digest, 'hex'), state.raw_digest)
    from json_to_recordset(p_touched) as touched (job_type text, job_id text, absent_polls integer, raw_digest text)
    where state.organization_id = p_organization_id and state.job_type = touched.job_type and state.job_id = touched.job_id;

    perform keep_rejected(head.source, p_organization_id, p_attempt, head.claimed_at, p_rejected);

    if p_suspect_digest is null then
        update organization_head set recorded_poll = p_claim where organization_id = p_organization_id;
    end if;

    insert into job_list as list
        (organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_seen, suspect_attempt)
    values (p_organization_id, p_job_type, case when p_suspect_digest is null then p_claim else 0 end, p_suspect_digest,
        case when p_suspect_digest is not null then head.claimed_at end,
        case when p_suspect_digest is not null then head.claimed_at end,
        case when p_suspect_digest is not null then p_attempt end)
    on conflict (organization_id, job_type) do update
    set recorded_poll = case when p_suspect_digest is null then p_claim else list.recorded_poll end,
        suspect_digest = excluded.suspect_digest,
        suspect_attempt = excluded.suspect_attempt,
        suspect_seen = excluded.suspect_seen,
        -- An acceptance is of one list; it ends when that was believed, or when another one comes.
        accepted_digest = case when p_suspect_digest = list.accepted_digest then list.accepted_digest end,
        suspect_since = case
            when p_suspect_digest = list.suspect_digest and p_attempt <= list.suspect_attempt + 1 then list.suspect_since
            else excluded.suspect_since
        end;

    return query select false, appended.last_seq;
end $$;

alter table job_list add column suspect_seen timestamptz, add column accepted_digest text;
comment on column job_list.suspect_seen is 'When that reduced list was last read.';
comment on column job_list.accepted_digest is 'The reduced list that an operator has confirmed: the next poll believes it.';
update job_list set suspect_seen = suspect_since;

create function settle_poll(p_organization_id text, p_job_type text, p_claim bigint)
    returns table (recorded boolean, claimed_poll bigint)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    head organization_head;
    done bigint;
begin
    perform durable();
    -- Waits for a backend that is still recording this very poll: a plain read would race with it.
    select * into strict head from organization_head where organization_id = p_organization_id for update;
    select recorded_poll into done from job_list where organization_id = p_organization_id and job_type = p_job_type;
    if done = p_claim then
        return query select true, p_claim;
    elsif head.claimed_poll = p_claim then
        -- The new claim keeps out a statement that is still on its way. Nobody has polled since, so what was compared still
        -- holds, and claimed_at stays: it is when the list was claimed that is to be recorded.
        update organization_head set claimed_poll = p_claim + 1 where organization_id = p_organization_id;
        return query select false, p_claim + 1;
    else
        return query select false, null::bigint;
    end if;
end $$;
comment on function settle_poll is
    'Tells whether a poll was recorded of which the answer was lost. If not, takes a new claim to record it with; null where somebody else has claimed.';

drop function claim_poll(text, text, text, text);
drop function claim_polls(text, json, text);

create function claim_polls(p_source text, p_organizations json, p_job_type text, p_patience interval)
    returns table (organization_id text, claimed_poll bigint, observed_at text, epoch integer, last_seq bigint,
                   first_poll boolean, suspect_digest text, suspect_since text, accepted_digest text, has_jobs boolean)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    claimed text[];
    last    bigint;
begin
    perform durable();

    -- In order of the ids: two instances that claim the same organizations wait for each other, and do not deadlock.
    with taken as (
        insert into organization_head as h (organization_id, source, organization_name, claimed_poll, claimed_at)
        select id, p_source, name, 1, clock_timestamp()
        from json_to_recordset(p_organizations) as polled (id text, name text)
        order by id collate "C"
        on conflict (organization_id) do update
        set claimed_poll = h.claimed_poll + 1,
            claimed_at = greatest(clock_timestamp(), h.last_observed_at),
            organization_name = excluded.organization_name
        where h.source = excluded.source
        returning h.organization_id
    )
    select array_agg(organization_id) into claimed from taken;

    -- A suspicion grows only while every poll sees the same: one attempt that did not, or a time in which nobody looked, and
    -- waiting starts anew.
    select last_attempt into last from source_head where source = p_source;
    update job_list list
    set suspect_digest = null, suspect_since = null, suspect_seen = null, suspect_attempt = null
    from organization_head head
    where list.organization_id = any (claimed) and list.job_type = p_job_type and list.suspect_digest is not null
        and head.organization_id = list.organization_id
        and (list.suspect_attempt < last - 1 or list.suspect_seen < head.claimed_at - p_patience);

    -- A statement of its own, so that it sees what the last holder of each organization committed.
    return query
        select head.organization_id, head.claimed_poll, iso(head.claimed_at), head.epoch, head.last_seq,
            coalesce(list.recorded_poll, 0) = 0, list.suspect_digest, iso(list.suspect_since), list.accepted_digest,
            exists (
                select from job_state state
                where state.organization_id = head.organization_id and state.job_type = p_job_type and not state.missing
            )
        from organization_head head
        left join job_list list on list.organization_id = head.organization_id and list.job_type = p_job_type
        where head.organization_id = any (claimed);
end $$;
comment on function claim_polls is
    'Takes the right to record the next poll of many organizations at once, of one of their lists; those that belong to another source are left out. Whoever claimed before can no longer record: a fencing token. A suspicion that nobody has seen for p_patience is forgotten.';

create function claim_poll(p_source text, p_organization_id text, p_organization_name text, p_job_type text, p_patience interval)
    returns table (claimed_poll bigint, observed_at text, epoch integer, last_seq bigint, first_poll boolean,
                   suspect_digest text, suspect_since text, accepted_digest text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    return query
        select claimed_poll, observed_at, epoch, last_seq, first_poll, suspect_digest, suspect_since, accepted_digest
        from claim_polls(
            p_source, json_build_array(json_build_object('id', p_organization_id, 'name', p_organization_name)), p_job_type,
            p_patience);
    if not found then
        raise exception 'organization % is presented by source % but belongs to source %: remove one of the two sources, or exclude the organization from one of them',
            p_organization_id, p_source, (select source from organization_head where organization_id = p_organization_id)
            using errcode = 'JT001';
    end if;
end $$;
comment on function claim_poll is
    'Takes the right to record an organization''s next poll. Whoever claimed before can no longer record: a fencing token.';

create or replace function open_attempt(p_source text) returns table (attempt bigint, started_at text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    perform durable();
    return query
        insert into source_head as head (source, last_attempt) values (p_source, 1)
        on conflict (source) do update set last_attempt = head.last_attempt + 1
        returning head.last_attempt, iso(clock_timestamp());
end $$;

create or replace function write_receipt(p_receipt json) returns bigint
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head    source_head;
    receipt poll_receipt;
    written bigint;
begin
    perform durable();
    receipt := json_populate_record(null::poll_receipt, p_receipt);
    select * into strict head from source_head where source = receipt.source for update;
    -- Whoever lost the answer asks again.
    select seq into written from poll_receipt where source = receipt.source and attempt = receipt.attempt;
    if written is not null then
        return written;
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
    update source_head
    set last_receipt = receipt.seq, last_hash = receipt.hash,
        last_complete_at = case when receipt.outcome = 'COMPLETE' then receipt.started_at else head.last_complete_at end
    where source = receipt.source;
    return receipt.seq;
end $$;
comment on function write_receipt is 'Numbers, chains and appends the receipt of an attempt; one that has its receipt keeps it.';
