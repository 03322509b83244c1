-- Up to where the ledger is signed.

create or replace function note_checkpoint(p_number bigint, p_heads json) returns void
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
begin
    perform durable();
    -- Only forward: the word of an instance that was paused may come after another one has gone on. And only what the history
    -- holds, and can be read: a checkpoint of another history covers nothing here.
    insert into checkpointed (organization_id, seq, hash, checkpoint, noted_at)
    select head.id, head.seq, line.hash, p_number, clock_timestamp()
    from json_to_recordset(p_heads) as head (id text, seq bigint, hash text)
    join lateral recorded_hash(head.id, head.seq) line on line.hash = decode(head.hash, 'hex')
    order by head.id collate "C"
    on conflict (organization_id) do update
    set seq = excluded.seq, hash = excluded.hash, checkpoint = excluded.checkpoint, noted_at = excluded.noted_at
    where checkpointed.seq < excluded.seq;
end $$;
comment on function note_checkpoint is
    'Notes what a checkpoint covers, once it is on the topic and in the file.';
