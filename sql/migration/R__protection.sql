-- Who owns the ledger, who may do what, and what nobody may do. Runs again whenever its text changes: a new table or function is
-- named below, and the newest migration here, so that what it makes anew does not stay without: V52. The roles are there before: they
-- belong to the whole cluster, and creating them takes a right of its own.

do $$
declare
    thing record;
begin
    for thing in
        select format('schema %I', nspname) as name from pg_namespace where nspname in ('jobtrail', 'report')
        union all
        select format('table %s', oid::regclass) from pg_class
        where relnamespace in ('jobtrail'::regnamespace, 'report'::regnamespace) and relkind in ('r', 'v')
            -- Who migrates has it locked at this moment.
            and relname <> 'flyway_schema_history'
        union all
        select format('routine %s', oid::regprocedure) from pg_proc
        where pronamespace in ('jobtrail'::regnamespace, 'report'::regnamespace)
    loop
        execute format('alter %s owner to jobtrail_owner', thing.name);
    end loop;
end $$;

revoke all on schema jobtrail, report from public;
revoke all on all tables in schema jobtrail, report from public, jobtrail_writer, jobtrail_publisher, jobtrail_reader,
    jobtrail_auditor, jobtrail_retention;
revoke all on all functions in schema jobtrail, report from public, jobtrail_writer, jobtrail_publisher, jobtrail_reader,
    jobtrail_auditor, jobtrail_retention;

grant usage on schema jobtrail to jobtrail_writer, jobtrail_publisher, jobtrail_auditor, jobtrail_retention;
grant usage on schema report to jobtrail_reader, jobtrail_auditor;

-- Who writes does so through functions that act as the owner: they number and chain, and there is no other way in.
alter function durable() security definer;
alter function open_attempt(text) security definer;
alter function begin_attempt(text, interval, interval) security definer;
alter function share_out(text, bigint, json) security definer;
alter function take_share(text, bigint, integer, boolean, text) security definer;
alter function give_sign(json) security definer;
alter function last_cycle(text) security definer;
alter function write_receipt(json) security definer;
alter function claim_installation(text, text, text) security definer;
alter function claim_polls(text, json, text, interval) security definer;
alter function claim_polls(text, json, text, interval, boolean) security definer;
alter function claim_poll(text, text, text, text, interval) security definer;
alter function settle_poll(text, text, bigint, bigint) security definer;
alter function note_listed(text, json, boolean) security definer;
alter function note_listed(text, json, boolean, interval, interval) security definer;
alter function record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[],
    text[], text[], text[], bytea[], bytea[], json, json) security definer;
alter function record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[],
    text[], text[], bytea[], bytea[], json, json) security definer;
alter function last_snapshots(text[], text[], text[]) security definer;
alter function keep_rejected(text, text, bigint, timestamptz, json) security definer;
alter function database_id() security definer;
alter function next_events(json, json, integer, bigint) security definer;
alter function next_states(json, json, integer, bigint) security definer;
alter function halt_publication(text, text, text) security definer;
alter function reconcile_publication(json, json, json) security definer;
alter function note_topic_ends(json) security definer;
alter function write_states_again(text) security definer;
alter function damaged_histories() security definer;
alter function note_checkpoint(bigint, json) security definer;
alter function system_identifier() security definer;
alter function is_compared() security definer;
alter function compared() security definer;
alter function go_on_uncompared() security definer;
alter function retainable(text, timestamptz) security definer;
alter function retain(text, timestamptz) security definer;
alter function retain(text, timestamptz, bigint) security definer;
alter function claim_erasure(text, text, text) security definer;
alter function erase(text, text, text, bigint, json) security definer;
alter function stage_events(json) security definer;
alter function clear_events() security definer;
alter function stage_states(json) security definer;
alter function recover_from_topic(text, text, bigint, bigint, json) security definer;
alter function note_lost_evidence(bigint, text, json) security definer;
alter function claim_epoch(text, text) security definer;
alter function begin_epoch(text, bigint, bigint, text, integer, json, json) security definer;
alter function rows_to_republish(text, bigint, integer, bigint) security definer;
alter function republished(json, text, json) security definer;
alter function suspicions() security definer;
alter function accept_suspect(text, text) security definer;
alter function coverage_since_listed(text, text) security definer;
alter function report.coverage_of(text, timestamptz, timestamptz) security definer;

grant execute on function durable() to jobtrail_writer, jobtrail_publisher;
grant execute on function open_attempt(text), begin_attempt(text, interval, interval), share_out(text, bigint, json),
    take_share(text, bigint, integer, boolean, text), give_sign(json), last_cycle(text), write_receipt(json), claim_installation(text, text, text),
    claim_polls(text, json, text, interval), claim_polls(text, json, text, interval, boolean), claim_poll(text, text, text, text, interval), settle_poll(text, text, bigint, bigint),
    record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[],
        text[], text[], text[], bytea[], bytea[], json, json),
    record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[],
        text[], text[], bytea[], bytea[], json, json),
    last_snapshots(text[], text[], text[]), keep_rejected(text, text, bigint, timestamptz, json), note_listed(text, json, boolean),
    note_listed(text, json, boolean, interval, interval) to jobtrail_writer;
grant execute on function suspicions(), accept_suspect(text, text), is_compared(), go_on_uncompared() to jobtrail_writer;
grant select on known_job, job_state, job_list, organization_head, job_history, publication to jobtrail_writer;

grant execute on function database_id(), next_events(json, json, integer, bigint), next_states(json, json, integer, bigint),
    halt_publication(text, text, text), damaged_histories(), reconcile_publication(json, json, json),
    note_topic_ends(json), write_states_again(text),
    rows_to_republish(text, bigint, integer, bigint), note_checkpoint(bigint, json), system_identifier(), iso(timestamptz),
    compared(), recorded_hash(text, bigint) to jobtrail_publisher;
grant select on organization_head, source_head, ledger_head, job_history, publication to jobtrail_publisher;

grant execute on function retainable(text, timestamptz), retain(text, timestamptz), retain(text, timestamptz, bigint), claim_erasure(text, text, text),
    erase(text, text, text, bigint, json) to jobtrail_retention;
grant execute on function last_snapshots(text[], text[], text[]), stage_events(json), clear_events(), stage_states(json), recover_from_topic(text, text, bigint, bigint, json),
    note_lost_evidence(bigint, text, json), claim_epoch(text, text),
    begin_epoch(text, bigint, bigint, text, integer, json, json),
    tell_anew(text, bigint, json), erased_on_topic(text, bigint, text), republished(json, text, json), database_id(),
    iso(timestamptz) to jobtrail_retention;
grant select on organization_head, report_setting, publication, known_job, job_state, recovered_event to jobtrail_retention;

grant select on all tables in schema report to jobtrail_reader, jobtrail_auditor;
grant execute on function report.coverage_of(text, timestamptz, timestamptz), coverage_since_listed(text, text),
    start_of_day(date, text) to jobtrail_reader, jobtrail_auditor;
grant select on all tables in schema jobtrail to jobtrail_auditor;
grant execute on function system_identifier() to jobtrail_auditor;

-- In replica mode too, in which other triggers do not fire.
do $$
declare
    evidence text;
begin
    foreach evidence in array array['job_history', 'sealed_row', 'poll_receipt', 'organization_list', 'ledger_note'] loop
        execute format(
            'create or replace trigger %1$s_append_only before update or delete on %1$s for each row execute function refuse_change()',
            evidence);
        execute format(
            'create or replace trigger %1$s_no_truncate before truncate on %1$s for each statement execute function refuse_change()',
            evidence);
        execute format('alter table %1$s enable always trigger %1$s_append_only', evidence);
        execute format('alter table %1$s enable always trigger %1$s_no_truncate', evidence);
    end loop;
end $$;
