-- What keeps the ledger as it was written: durable commits, rows that nobody edits, and which database this is.

create or replace function durable() returns void
    language plpgsql security definer set search_path = jobtrail, pg_temp as $$
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

create or replace function refuse_change() returns trigger
    language plpgsql set search_path = jobtrail, pg_temp as $$
declare
    lawful text;
begin
    if tg_op <> 'TRUNCATE' then
        select what into lawful from lawful_change where transaction_id = pg_current_xact_id();
    end if;
    if tg_op = 'DELETE' and lawful = 'retain' and tg_table_name in ('job_history', 'sealed_row') then
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
comment on function refuse_change is
    'Keeps evidence as it was written, also from who owns the table. Only retain and erase are let through.';

create or replace function append_note(p_kind text, p_organization_id text, p_note text, p_content text) returns bigint
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
comment on function append_note is
    'Numbers, chains and appends a note.';

create or replace function database_id() returns text
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select system_identifier() || '/' || oid from pg_database where datname = current_database()
$$;
comment on function database_id is
    'Which database this is.';

create or replace function system_identifier() returns text
    language plpgsql stable security definer set search_path = jobtrail, pg_temp as $$
begin
    return (select system_identifier::text from pg_control_system());
exception
    -- Where somebody else runs PostgreSQL, nobody may ask.
    when insufficient_privilege or undefined_function then return 'unknown';
end $$;
comment on function system_identifier is
    'Which PostgreSQL cluster this is: one that was restored from a dump has another.';

create or replace function incarnation() returns text
    language sql stable set search_path = jobtrail, pg_temp as $$
    select format('%s/%s/%s', database_id(), 'job_history'::regclass::oid, extract(epoch from pg_postmaster_start_time()))
$$;
comment on function incarnation is
    'What is another one after a restore of whatever kind, and after another server took over: the database, its table, and when its server came up.';

create or replace function is_compared() returns boolean
    language sql stable security definer set search_path = jobtrail, pg_temp as $$
    select exists (select from comparison where incarnation = incarnation())
$$;
comment on function is_compared is
    'True where this PostgreSQL was compared with Kafka since it came up.';

create or replace function note_comparison(p_skipped boolean) returns void
    language sql set search_path = jobtrail, pg_temp as $$
    insert into comparison values (true, incarnation(), clock_timestamp(), p_skipped)
    on conflict (single) do update
    set incarnation = excluded.incarnation, compared_at = excluded.compared_at, skipped = excluded.skipped
    where not excluded.skipped or comparison.incarnation <> excluded.incarnation
$$;
comment on function note_comparison is
    'Notes that PostgreSQL was compared with Kafka, or that nobody waits for that any longer.';

create or replace function compared() returns void
    language sql security definer set search_path = jobtrail, pg_temp
return note_comparison(false);
comment on function compared is
    'PostgreSQL was compared with Kafka: from now on organizations can be claimed.';

create or replace function go_on_uncompared() returns void
    language sql security definer set search_path = jobtrail, pg_temp
return note_comparison(true);
comment on function go_on_uncompared is
    'Kafka is not there for so long that polling goes on: what was set back is found out later.';

create or replace function recorded_hash(p_organization_id text, p_seq bigint, out hash bytea, out damage text)
    language plpgsql stable set search_path = jobtrail, pg_temp set enable_seqscan = off as $$
begin
    -- By the index: read from its beginning, the table would be damaged for everybody.
    select line.hash into hash from job_history line where line.organization_id = p_organization_id and line.seq = p_seq;
exception when data_corrupted or index_corrupted or io_error or undefined_file then
    damage := sqlerrm;
end $$;
comment on function recorded_hash is
    'The hash of a row, or why PostgreSQL cannot read it: a failure that costs the caller nothing else.';

create or replace function damage_reason(p_organization_id text, p_damage text) returns text
    language sql immutable parallel safe
return format('the history of organization %s cannot be read (%s): bring PostgreSQL''s disk, or a backup of it, back in order, then start again',
    p_organization_id, p_damage);
comment on function damage_reason is
    'A sentence that says what is damaged, and what to do.';

create or replace function damaged_histories() returns table (organization_id text, reason text)
    language plpgsql stable security definer set search_path = jobtrail, pg_temp set enable_seqscan = off as $$
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
            perform count(octet_length(convert_to(next.payload, 'UTF8'))), count(next.payload::json) from (
                select payload from job_history
                where organization_id = waiting.organization_id and seq > waiting.published_seq
                order by seq limit 2000
            ) next;
            if waiting.stateless then
                perform count(octet_length(convert_to(line.payload, 'UTF8'))), count(line.payload::json)
                from known_job state join job_history line on line.organization_id = state.organization_id and line.seq = state.last_seq
                where state.organization_id = waiting.organization_id;
            end if;
        exception when data_corrupted or index_corrupted or io_error or undefined_file
            -- No text, or no JSON: not what was recorded.
            or character_not_in_repertoire or invalid_text_representation or statement_too_complex then
            organization_id := waiting.organization_id;
            reason := damage_reason(waiting.organization_id, sqlerrm);
            return next;
        end;
    end loop;
end $$;
comment on function damaged_histories is
    'Whose rows that are to be published PostgreSQL cannot read, and why nothing more is published of them.';
