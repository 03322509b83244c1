-- A page of the history that PostgreSQL cannot read halts the publication of whose rows are on it, and of nobody else.

comment on column publication.halted_by is
    'What halted it: another-cluster, topic-replaced, partitions-changed, republish-unfinished, kafka-lost-data, database-set-back, histories-differ, history-damaged, state-topic-replaced or refused-by-kafka.';
comment on function halt_publication is
    'Stops the publication of one organization, of which Kafka refuses a row, or PostgreSQL cannot read one.';

create function recorded_hash(p_organization_id text, p_seq bigint, out hash bytea, out damage text)
    language plpgsql stable set search_path = jobtrail, pg_temp set enable_seqscan = off as $$
begin
    -- By the index: read from its beginning, the table would be damaged for everybody.
    select line.hash into hash from job_history line where line.organization_id = p_organization_id and line.seq = p_seq;
exception when data_corrupted or index_corrupted or io_error or undefined_file then
    damage := sqlerrm;
end $$;
comment on function recorded_hash is 'The hash of a row, or why PostgreSQL cannot read it: a failure that costs the caller nothing else.';

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

create function damaged_histories() returns table (organization_id text, reason text)
    language plpgsql stable set search_path = jobtrail, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
    waiting record;
begin
    for waiting in
        select head.organization_id, coalesce(publication.published_seq, 0) as published_seq, publication.state_topic_id is null as stateless
        from organization_head head left join publication using (organization_id)
        where publication.halted is null
            and (head.last_seq > coalesce(publication.published_seq, 0) or publication.state_topic_id is null)
        order by head.organization_id
    loop
        begin
            -- With all that an event is made of, and no more rows than a batch may have: what comes later is found when it is due.
            perform octet_length(convert_to(next.payload, 'UTF8')) from (
                select payload from job_history
                where organization_id = waiting.organization_id and seq > waiting.published_seq
                order by seq limit 2000
            ) next;
            if waiting.stateless then
                perform octet_length(convert_to(line.payload, 'UTF8'))
                from job_state state join job_history line on line.organization_id = state.organization_id and line.seq = state.last_seq
                where state.organization_id = waiting.organization_id;
            end if;
        exception when data_corrupted or index_corrupted or io_error or undefined_file then
            organization_id := waiting.organization_id;
            reason := damage_reason(waiting.organization_id, sqlerrm);
            return next;
        end;
    end loop;
end $$;
comment on function damaged_histories is
    'Whose rows that are to be published PostgreSQL cannot read, and why nothing more is published of them.';

create function damage_reason(p_organization_id text, p_damage text) returns text
    language sql immutable parallel safe
return format('the history of organization %s cannot be read (%s): bring PostgreSQL''s disk, or a backup of it, back in order, then start again',
    p_organization_id, p_damage);
comment on function damage_reason is 'A sentence that says what is damaged, and what to do.';

-- The rest of the function stays as it is. Whose row cannot be read is not told that something else is wrong with it.
do $$
declare
    definition text := pg_get_functiondef('reconcile_publication'::regproc);
    change     text[];
begin
    foreach change slice 1 in array array[
        ['left join job_history line on line.organization_id = cursor.organization_id and line.seq = cursor.seq',
         'left join lateral recorded_hash(cursor.organization_id, cursor.seq) line on true'],
        ['coalesce(abandoned.hash, line.hash, sealed.hash) as line_hash,',
         'coalesce(abandoned.hash, line.hash, sealed.hash) as line_hash, line.damage,'],
        ['when cursor_seq > head_seq and line_hash',
         'when damage is not null then array[''history-damaged'', damage_reason(organization_id, damage)]
                when cursor_seq > head_seq and line_hash']
    ] loop
        if position(change[1] in definition) = 0 then
            raise exception 'the function is not that of version 34';
        end if;
        definition := replace(definition, change[1], change[2]);
    end loop;
    execute definition;
end $$;
