create table source_head (
    source           text   not null,
    last_attempt     bigint not null default 0,
    last_receipt     bigint not null default 0,
    last_hash        bytea  not null default decode(repeat('00', 32), 'hex'),
    last_complete_at timestamptz,
    constraint source_head_once primary key (source)
) with (fillfactor = 50);

comment on table source_head is 'Where each source''s attempts and receipts end.';
comment on column source_head.source is 'The configured source, source.<name>.';
comment on column source_head.last_attempt is 'The newest attempt to poll the source.';
comment on column source_head.last_receipt is 'seq of the newest receipt.';
comment on column source_head.last_hash is 'hash of the newest receipt; 32 zero bytes before the first.';
comment on column source_head.last_complete_at is 'When the last attempt that read every list had begun.';

create table organization_list (
    digest           bytea  not null,
    organization_ids text[] not null,
    constraint organization_list_once primary key (digest)
);

comment on table organization_list is 'The sets of organizations that attempts had before them, each kept once.';
comment on column organization_list.digest is 'SHA-256 of the sorted ids, each length-prefixed.';
comment on column organization_list.organization_ids is 'The organizations'' ids, sorted.';

create table poll_receipt (
    source              text        not null,
    seq                 bigint      not null,
    attempt             bigint      not null,
    started_at          timestamptz not null,
    finished_at         timestamptz not null,
    outcome             text        not null,
    reason              text,
    period              interval    not null,
    api_version         text,
    program_version     text        not null,
    clock_offset        interval,
    organizations       integer     not null,
    jobs                integer     not null,
    changes             integer     not null,
    rejected            integer     not null,
    organization_digest bytea,
    not_complete        text        not null,
    lists_digest        bytea,
    prev_hash           bytea       not null,
    hash                bytea       not null,
    constraint poll_receipt_numbered_once primary key (source, seq),
    constraint poll_receipt_one_for_an_attempt unique (source, attempt)
);

comment on table poll_receipt is
    'One row per attempt to poll a source, also a failed one. An attempt without a receipt was cut short.';
comment on column poll_receipt.source is 'The configured source, source.<name>.';
comment on column poll_receipt.seq is 'Gapless from 1 within the source.';
comment on column poll_receipt.attempt is 'The attempt; a gap is one that a crash cut short.';
comment on column poll_receipt.started_at is 'The database''s clock when the attempt began.';
comment on column poll_receipt.finished_at is 'The database''s clock when the receipt was written.';
comment on column poll_receipt.outcome is 'COMPLETE, PARTIAL or FAILED, of all the source''s lists together.';
comment on column poll_receipt.reason is 'Why the source as a whole could not be read.';
comment on column poll_receipt.period is 'poll.period: how long until the next attempt was due.';
comment on column poll_receipt.api_version is 'The version of the API that was spoken.';
comment on column poll_receipt.program_version is 'The version of Jobtrail.';
comment on column poll_receipt.clock_offset is 'The server''s clock less ours, where it told its own.';
comment on column poll_receipt.organizations is 'How many organizations were to be read.';
comment on column poll_receipt.jobs is 'How many jobs were read.';
comment on column poll_receipt.changes is 'How many rows were appended to the history.';
comment on column poll_receipt.rejected is 'How many list elements could not be read.';
comment on column poll_receipt.organization_digest is 'Which organizations were to be read; joins organization_list.';
comment on column poll_receipt.not_complete is
    'JSON array of the organizations that were not COMPLETE: organizationId, outcome, reason.';
comment on column poll_receipt.lists_digest is 'SHA-256 over the digests of all the lists that were read.';
comment on column poll_receipt.prev_hash is 'The hash of the source''s receipt before; 32 zero bytes before the first.';
comment on column poll_receipt.hash is 'SHA-256 over every column.';

create function poll_receipt_item(receipt poll_receipt) returns bytea
    language sql stable parallel safe
return length_prefixed(receipt.source) || length_prefixed(receipt.seq::text) || length_prefixed(receipt.attempt::text)
    || length_prefixed(iso(receipt.started_at)) || length_prefixed(iso(receipt.finished_at))
    || length_prefixed(receipt.outcome) || length_prefixed(receipt.reason)
    || length_prefixed((extract(epoch from receipt.period) * 1000)::bigint::text)
    || length_prefixed(receipt.api_version) || length_prefixed(receipt.program_version)
    || length_prefixed((extract(epoch from receipt.clock_offset) * 1000)::bigint::text)
    || length_prefixed(receipt.organizations::text) || length_prefixed(receipt.jobs::text)
    || length_prefixed(receipt.changes::text) || length_prefixed(receipt.rejected::text)
    || length_prefixed(receipt.organization_digest) || length_prefixed(receipt.not_complete)
    || length_prefixed(receipt.lists_digest);
comment on function poll_receipt_item is 'What of a receipt goes into its hash, besides the hash of the one before.';

create function open_attempt(p_source text) returns table (attempt bigint, started_at text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
begin
    perform set_config('synchronous_commit', 'on', true);
    return query
        insert into source_head as head (source, last_attempt) values (p_source, 1)
        on conflict (source) do update set last_attempt = head.last_attempt + 1
        returning head.last_attempt, iso(clock_timestamp());
end $$;
comment on function open_attempt is 'Numbers an attempt before anything is asked of the server, so that a crash leaves a gap.';

create function write_receipt(p_receipt json) returns bigint
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    head    source_head;
    receipt poll_receipt;
begin
    perform set_config('synchronous_commit', 'on', true);
    receipt := json_populate_record(null::poll_receipt, p_receipt);
    select * into strict head from source_head where source = receipt.source for update;
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
comment on function write_receipt is 'Numbers, chains and appends the receipt of an attempt.';

create table ledger_note (
    noted_at        timestamptz not null default clock_timestamp(),
    organization_id text,
    note            text        not null
);
comment on table ledger_note is 'What happened to the ledger itself: epochs, seals, accepted suspicions.';
comment on column ledger_note.noted_at is 'When it happened.';
comment on column ledger_note.organization_id is 'Whose history; null where all.';
comment on column ledger_note.note is 'What happened.';
