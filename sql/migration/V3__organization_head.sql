create table organization_head (
    organization_id   text        not null,
    source            text        not null,
    organization_name text,
    epoch             integer     not null default 1,
    last_seq          bigint      not null default 0,
    last_hash         bytea       not null default decode(repeat('00', 32), 'hex'),
    last_observed_at  timestamptz,
    claimed_poll      bigint      not null default 0,
    claimed_at        timestamptz not null,
    recorded_poll     bigint      not null default 0,
    suspect_digest    text,
    suspect_since     timestamptz,
    suspect_attempt   bigint,
    constraint organization_head_once primary key (organization_id)
) with (fillfactor = 50);

comment on table organization_head is 'Where each organization''s history ends, and which poll may continue it.';
comment on column organization_head.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column organization_head.source is 'The only source that may write this organization''s history.';
comment on column organization_head.organization_name is 'The organization''s name at the last poll.';
comment on column organization_head.epoch is 'The epoch of the next row.';
comment on column organization_head.last_seq is 'seq of the last row; 0 before the first.';
comment on column organization_head.last_hash is 'hash of the last row; 32 zero bytes before the first.';
comment on column organization_head.last_observed_at is 'observed_at of the last row.';
comment on column organization_head.claimed_poll is 'The newest poll: a fencing token, only it may record.';
comment on column organization_head.claimed_at is 'When it was claimed: observed_at of what it will record.';
comment on column organization_head.recorded_poll is 'The last poll that recorded.';
comment on column organization_head.suspect_digest is 'The implausibly reduced list that is being watched, if any.';
comment on column organization_head.suspect_since is 'Since when every poll has read that same reduced list.';
comment on column organization_head.suspect_attempt is 'The last attempt that read it: after one that did not, waiting starts anew.';

create table job_state (
    organization_id text     not null,
    job_type        text     not null,
    job_id          text     not null,
    snapshot        text     not null,
    digest          bytea    not null,
    raw_digest      bytea    not null,
    api_version     text     not null,
    missing         boolean  not null,
    absent_polls    integer  not null,
    last_seq        bigint   not null,
    constraint job_state_once primary key (organization_id, job_type, job_id)
) with (fillfactor = 70);

comment on table job_state is 'The latest snapshot of each job: what the next poll is compared with.';
comment on column job_state.organization_id is 'The organization''s id in VB365.';
comment on column job_state.job_type is 'backup or copy.';
comment on column job_state.job_id is 'The job''s id in VB365.';
comment on column job_state.snapshot is 'JSON: the after of the job''s last row; of the row before where it went missing.';
comment on column job_state.digest is 'Digest of the snapshot as it is compared: enums in any case are the same.';
comment on column job_state.raw_digest is 'Digest of the job''s text: the same text needs no second look.';
comment on column job_state.api_version is 'The version of the API that the snapshot was read with.';
comment on column job_state.missing is 'The last row of the job says missing.';
comment on column job_state.absent_polls is 'Complete polls in a row without the job.';
comment on column job_state.last_seq is 'seq of the job''s last row.';

create table rejected_job (
    organization_id text        not null,
    job_type        text        not null,
    digest          bytea       not null,
    reason          text        not null,
    raw             text        not null,
    first_attempt   bigint      not null,
    last_attempt    bigint      not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    constraint rejected_job_once primary key (organization_id, job_type, digest)
);

comment on table rejected_job is 'Elements of job lists that could not be read, kept aside as they came.';
comment on column rejected_job.organization_id is 'The organization in whose list it stood.';
comment on column rejected_job.job_type is 'backup or copy: the list in which it stood.';
comment on column rejected_job.digest is 'SHA-256 of the raw text.';
comment on column rejected_job.reason is 'What was wrong with it.';
comment on column rejected_job.raw is 'The element as the API sent it.';
comment on column rejected_job.first_attempt is 'The attempt that first saw it.';
comment on column rejected_job.last_attempt is 'The attempt that last saw it.';
comment on column rejected_job.first_seen is 'When it was first seen.';
comment on column rejected_job.last_seen is 'When it was last seen.';
