-- What chains rows, and what of them the hash covers. An item's bytes never change: hashes that were given would not verify any
-- more.

create or replace function iso(moment timestamptz) returns text
    language sql stable parallel safe
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
comment on function iso is
    'A moment as fixed UTC text with microseconds: what is hashed and what payloads say.';

create or replace function length_prefixed(field bytea) returns bytea
    language sql immutable parallel safe
return case when field is null then '\xffffffff'::bytea else int4send(octet_length(field)) || field end;
comment on function length_prefixed(bytea) is
    'Four bytes of length, big-endian, and the bytes; null is ffffffff.';

-- Its body is stable, and as long as it said immutable, it was not inlined: a row took twice the time to hash. The database is
-- encoded in UTF8, so the text has as many octets here as there.
create or replace function length_prefixed(field text) returns bytea
    language sql stable parallel safe
return case
    when field is null then '\xffffffff'::bytea
    else int4send(octet_length(field)) || convert_to(field, 'UTF8')
end;
comment on function length_prefixed(text) is
    'Four bytes of length, big-endian, and the text in UTF-8; null is ffffffff.';

-- Stable, as convert_to is: as long as it said immutable, it was not inlined.
create or replace function salted_digest(salt bytea, content text) returns bytea
    language sql stable parallel safe
return case when content is not null then sha256(salt || convert_to(content, 'UTF8')) end;
comment on function salted_digest is
    'What stands for a content in the chain: the content can be erased, the chain still verifies, and nobody can guess it.';

-- As an aggregate's step, SQL is carried out by the whole executor each time; of plpgsql, only its expression is. Whose search path it is
-- called with is not ours to say, and setting it would cost more.
create or replace function chain_step(state bytea, seed bytea, domain text, item bytea) returns bytea
    language plpgsql immutable parallel safe as $$
begin
    return sha256(convert_to(domain, 'UTF8') || jobtrail.length_prefixed(coalesce(state, seed)) || item);
end $$;
comment on function chain_step is
    'The hash of one row: SHA-256 over the domain, the hash of the row before and the item.';

create or replace function job_history_item_start(source text, organization_id text, epoch integer) returns bytea
    language sql stable parallel safe
return length_prefixed(source) || length_prefixed(organization_id) || length_prefixed(epoch::text);
comment on function job_history_item_start is
    'The first fields of what goes into the hash of a row.';

create or replace function job_history_item_end(observed_at timestamptz, recorded_at timestamptz, attempt bigint) returns bytea
    language sql stable parallel safe
return length_prefixed(iso(observed_at)) || length_prefixed(iso(recorded_at)) || length_prefixed(attempt::text);
comment on function job_history_item_end is
    'The last fields of what goes into the hash of a row, but for its digests.';

create or replace function job_history_item(line job_history) returns bytea
    language sql stable parallel safe
return job_history_item(
    job_history_item_start(line.source, line.organization_id, line.epoch), line.seq::text, line.job_type, line.job_id,
    line.job_name, line.change_kind, array_to_string(line.changed_fields, ','), line.enabled::text, line.last_status,
    line.previous_status, iso(line.last_run), iso(line.next_run),
    job_history_item_end(line.observed_at, line.recorded_at, line.attempt), line.payload_digest, line.raw_digest);
comment on function job_history_item(job_history) is
    'What of a row goes into its hash, besides the hash of the row before.';

create or replace function job_history_item(poll_start bytea, seq text, job_type text, job_id text, job_name text, change_kind text,
                                 changed_fields text, enabled text, last_status text, previous_status text, last_run text,
                                 next_run text, poll_end bytea, payload_digest bytea, raw_digest bytea) returns bytea
    language sql stable parallel safe
return poll_start || length_prefixed(seq) || length_prefixed(job_type) || length_prefixed(job_id)
    || length_prefixed(job_name) || length_prefixed(change_kind) || length_prefixed(changed_fields)
    || length_prefixed(enabled) || length_prefixed(last_status) || length_prefixed(previous_status)
    || length_prefixed(last_run) || length_prefixed(next_run) || poll_end
    || length_prefixed(payload_digest) || length_prefixed(raw_digest);
comment on function job_history_item(bytea, text, text, text, text, text, text, text, text, text, text, text, bytea, bytea, bytea)
    is
    'What of a row goes into its hash, besides the hash of the row before; its first and its last fields are those of all rows of its poll.';

-- A receipt without a share has the same bytes as ever. One with a share always has those of the server too: no two receipts can
-- have the same bytes.
create or replace function poll_receipt_item(receipt poll_receipt) returns bytea
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
    || length_prefixed(receipt.lists_digest)
    || case
        when receipt.installation_id is null and receipt.product_version is null and receipt.share is null then ''::bytea
        else length_prefixed(receipt.installation_id) || length_prefixed(receipt.product_version)
    end
    || case
        when receipt.share is null then ''::bytea
        else length_prefixed(receipt.share::text) || length_prefixed(receipt.shares::text)
    end;
comment on function poll_receipt_item is
    'What of a receipt goes into its hash, besides the hash of the one before.';

create or replace function ledger_note_item(line ledger_note) returns bytea
    language sql stable parallel safe
return length_prefixed(line.seq::text) || length_prefixed(iso(line.noted_at)) || length_prefixed(line.kind)
    || length_prefixed(line.organization_id) || length_prefixed(line.note) || length_prefixed(line.content)
    || length_prefixed(line.actor);
comment on function ledger_note_item is
    'What of a note goes into its hash, besides the hash of the one before.';
