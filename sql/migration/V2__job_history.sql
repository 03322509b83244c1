create table job_history (
    source          text        not null,
    organization_id text        not null,
    epoch           integer     not null,
    seq             bigint      not null,
    job_type        text        not null,
    job_id          text        not null,
    job_name        text,
    change_kind     text        not null,
    changed_fields  text[]      not null,
    enabled         boolean,
    last_status     text,
    previous_status text,
    last_run        timestamptz,
    next_run        timestamptz,
    observed_at     timestamptz not null,
    recorded_at     timestamptz not null,
    attempt         bigint      not null,
    payload         text,
    raw             text,
    salt            bytea,
    payload_digest  bytea       not null,
    raw_digest      bytea,
    prev_hash       bytea       not null,
    hash            bytea       not null,
    constraint job_history_numbered_once primary key (organization_id, seq)
);
create index job_history_by_job on job_history (organization_id, job_type, job_id, seq);

comment on table job_history is 'Every observed change of every job: append-only, one row and one event per change.';
comment on column job_history.source is 'The configured source, source.<name>, that showed the change.';
comment on column job_history.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column job_history.epoch is 'A label on the continuing number; raised when histories had to be told apart.';
comment on column job_history.seq is 'Gapless from 1 within the organization, never restarting.';
comment on column job_history.job_type is 'backup or copy.';
comment on column job_history.job_id is 'The job''s id in VB365; UUIDs in lower case.';
comment on column job_history.job_name is 'The job''s name after the change; before it where the job is missing.';
comment on column job_history.change_kind is
    'created, missing, reappeared, enabled, disabled, configuration-changed, status-changed, run-completed, rescheduled, rebaselined or erased.';
comment on column job_history.changed_fields is 'The fields that make this kind of change, by their names in the API.';
comment on column job_history.enabled is 'isEnabled after the change.';
comment on column job_history.last_status is 'lastStatus after the change, as the server spelled it.';
comment on column job_history.previous_status is 'lastStatus before the change.';
comment on column job_history.last_run is 'lastRun after the change, cut to microseconds.';
comment on column job_history.next_run is 'nextRun after the change, cut to microseconds.';
comment on column job_history.observed_at is
    'The database''s clock when the poll claimed the organization; never before the previous row.';
comment on column job_history.recorded_at is 'The database''s clock when the row was written.';
comment on column job_history.attempt is 'The attempt to poll the source that saw the change; joins poll_receipt.';
comment on column job_history.payload is 'One line of JSON with before and after: byte for byte the value on Kafka.';
comment on column job_history.raw is 'The job as the API sent it; null where the job was missing.';
comment on column job_history.salt is '16 random bytes that payload and raw are digested with.';
comment on column job_history.payload_digest is 'sha256(salt, payload): what stands for the payload in the chain.';
comment on column job_history.raw_digest is 'sha256(salt, raw): what stands for the raw text in the chain.';
comment on column job_history.prev_hash is 'The hash of the organization''s row before; 32 zero bytes before the first.';
comment on column job_history.hash is 'SHA-256 over every column; the event''s ce_id in hexadecimal.';

create function job_history_item(line job_history) returns bytea
    language sql stable parallel safe
return length_prefixed(line.source) || length_prefixed(line.organization_id) || length_prefixed(line.epoch::text)
    || length_prefixed(line.seq::text) || length_prefixed(line.job_type) || length_prefixed(line.job_id)
    || length_prefixed(line.job_name) || length_prefixed(line.change_kind)
    || length_prefixed(array_to_string(line.changed_fields, ',')) || length_prefixed(line.enabled::text)
    || length_prefixed(line.last_status) || length_prefixed(line.previous_status)
    || length_prefixed(iso(line.last_run)) || length_prefixed(iso(line.next_run))
    || length_prefixed(iso(line.observed_at)) || length_prefixed(iso(line.recorded_at))
    || length_prefixed(line.attempt::text) || length_prefixed(line.payload_digest) || length_prefixed(line.raw_digest);
comment on function job_history_item is 'What of a row goes into its hash, besides the hash of the row before.';
