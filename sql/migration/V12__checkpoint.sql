-- What signed checkpoints cover: retention removes nothing that no checkpoint has seen.

create table checkpointed (
    organization_id text        not null,
    seq             bigint      not null,
    hash            bytea       not null,
    checkpoint      bigint      not null,
    noted_at        timestamptz not null,
    constraint checkpointed_once primary key (organization_id)
) with (fillfactor = 50);
comment on table checkpointed is 'Up to where each organization''s history is covered by a signed checkpoint that is on the topic and in the file.';
comment on column checkpointed.organization_id is 'The organization''s id in VB365.';
comment on column checkpointed.seq is 'seq of the last row that is covered.';
comment on column checkpointed.hash is 'hash of that row.';
comment on column checkpointed.checkpoint is 'The number of the checkpoint that says so.';
comment on column checkpointed.noted_at is 'When that was noted.';

create function note_checkpoint(p_number bigint, p_heads json) returns void
    language plpgsql set search_path = jobtrail, pg_temp as $$
begin
    perform durable();
    -- Only forward: the word of an instance that was paused may come after another one has gone on. And only what the history
    -- holds: a checkpoint of another history covers nothing here.
    insert into checkpointed (organization_id, seq, hash, checkpoint, noted_at)
    select line.organization_id, line.seq, line.hash, p_number, clock_timestamp()
    from json_to_recordset(p_heads) as head (id text, seq bigint, hash text)
    join job_history line on line.organization_id = head.id and line.seq = head.seq and line.hash = decode(head.hash, 'hex')
    order by line.organization_id collate "C"
    on conflict (organization_id) do update
    set seq = excluded.seq, hash = excluded.hash, checkpoint = excluded.checkpoint, noted_at = excluded.noted_at
    where checkpointed.seq < excluded.seq;
end $$;
comment on function note_checkpoint is 'Notes what a checkpoint covers, once it is on the topic and in the file.';

create function system_identifier() returns text
    language plpgsql stable set search_path = jobtrail, pg_temp as $$
begin
    return (select system_identifier::text from pg_control_system());
exception
    -- Where somebody else runs PostgreSQL, nobody may ask.
    when insufficient_privilege or undefined_function then return 'unknown';
end $$;
comment on function system_identifier is 'Which PostgreSQL cluster this is: one that was restored from a dump has another.';
