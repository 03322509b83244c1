package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.checkpoint.CheckpointKey;
import org.jobtrail.checkpoint.SignedCheckpoint;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.record.Erasure;
import org.jobtrail.record.Retention;
import org.jobtrail.settings.Settings;
import org.jobtrail.simulator.MovableClock;
import org.jobtrail.simulator.Simulator;
import org.jobtrail.simulator.SimulatorOptions;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Program;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestSettings;
import org.jobtrail.support.TestSource;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.LostEvidence;
import org.jobtrail.verify.Protection;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Report.Verdict;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.UnverifiableException;
import org.jobtrail.verify.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code verify} says of a ledger that the program wrote, and of the same ledger after somebody was at it. */
@ExtendWith(RealServers.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationTest {

    private static final List<String> TABLES = List.of(
            "job_history",
            "sealed_row",
            "known_job",
            "organization_head",
            "publication",
            "poll_receipt",
            "source_head",
            "organization_list",
            "ledger_note",
            "ledger_head");
    private static final String LAST =
            "(select organization_id, max(seq) from jobtrail.job_history group by 1 order by 1 limit 1)";
    private static final String REFUSE = "jobtrail.refuse_change()";

    private TestDatabase database;
    private Tampering tampering;
    private Settings settings;
    private String checkpoints;
    private int taken;
    private Object organization;

    @BeforeAll
    void aLedgerThatTheProgramWrote(PostgresServer postgres, KafkaServer kafka, @TempDir Path directory)
            throws Exception {
        database = postgres.emptyDatabase();
        tampering = new Tampering(database);
        // The same world whenever this runs: in half an hour of a
        // night, jobs end in which several fields change at once.
        var night = new MovableClock(Instant.parse("2026-03-03T01:00:00Z"));
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults().withClock(night))) {
            Path certificate = Files.writeString(directory.resolve("ca.pem"), simulator.certificatePem());
            TestSource source = TestSource.named("simulator")
                    .url(simulator.url())
                    .apiVersion("v1")
                    .username(SimulatorOptions.DEFAULT_USERNAME)
                    .password(SimulatorOptions.DEFAULT_PASSWORD)
                    .caCertificate(certificate);
            settings = TestSettings.of(source, database, kafka.bootstrapServers(), "verification-test", directory);
            for (int run = 1; run <= 3; run++) {
                var result = new SingleRun(settings, Path.of("").toAbsolutePath()).run();
                assertThat(result.exitCode()).as(result.summary()).isZero();
                night.advance(Duration.ofMinutes(15));
            }
        }
        for (String table : TABLES) {
            database.execute("create table public.%s_kept as table jobtrail.%s".formatted(table, table));
        }
        checkpoints = Files.readString(file());
        // One at the end of each run; the first, of an empty topic, may take one while it publishes as well.
        taken = (int) checkpoints.lines().count();
        assertThat(taken).isBetween(3, 4);
        organization = database.value("select min(organization_id) from jobtrail.job_history");
    }

    @AfterEach
    void asItWas() throws SQLException, IOException {
        tampering.edit(TABLES.stream()
                .map("truncate jobtrail.%1$s; insert into jobtrail.%1$s table public.%1$s_kept"::formatted)
                .toArray(String[]::new));
        Files.writeString(file(), checkpoints);
    }

    @Test
    void whatTheProgramWroteIsIntact() throws Exception {
        Report report = verify();

        assertThat(report.verdict().sentence())
                .matches(
                        "intact: \\d{2,} rows verified, all of them on the topic, all of them covered by a checkpoint");
        assertThat(report.verdict().exitCode()).isZero();
        assertThat(report.lines())
                .anyMatch(line -> line.matches("history: 3 organizations, \\d+ rows"))
                .contains("receipts: 1 source, 3 attempts, 3 receipts")
                .anyMatch(line -> line.matches(
                        "checkpoints: %d, the newest of \\S+; 0 rows are not covered yet".formatted(taken)))
                .contains("protection: as installed")
                .anyMatch(line -> line.matches("accounts that may act as the owner, or remove rows: .*\\b%s\\b.*"
                        .formatted(database.username())))
                .noneMatch(line -> line.startsWith("WARNING"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a byte of a payload | 20 | row 3: its payload is not | update jobtrail.job_history set payload = overlay(payload placing '7' from 20 for 1) where seq = 3",
                "a byte of a raw text | 20 | row 3: its raw text is not | update jobtrail.job_history set raw = concat(raw, ' ') where seq = 3",
                "a typed column | 20 | row 2: its columns are not | update jobtrail.job_history set last_status = concat(last_status, '!') where seq = 2",
                "a time of observation | 20 | row 4: its columns are not | update jobtrail.job_history set observed_at = observed_at - interval '1 microsecond' where seq = 4",
                "two fields made one | 20 | its columns are not | update jobtrail.job_history set changed_fields = array[array_to_string(changed_fields, ',')] where cardinality(changed_fields) > 1",
                "fields moved to other places | 20 | its columns are not | update jobtrail.job_history set changed_fields = concat('[0:1]=', changed_fields::text)::text[] where cardinality(changed_fields) = 2",
                "fields in a second dimension | 20 | its columns are not | update jobtrail.job_history set changed_fields = array[array[changed_fields[1]], array[changed_fields[2]]] where cardinality(changed_fields) = 2",
                "a content gone without an erasure | 20 | row 3: its payload is gone, and nothing says | update jobtrail.job_history set payload = null, raw = null, salt = null where seq = 3",
                "a content gone with a note of an erasure to come | 20 | row 3: its payload is gone, and nothing says | update jobtrail.job_history set payload = null, raw = null, salt = null where seq = 3; select jobtrail.append_note('erasure', organization_id, 'erased', json_build_object('jobType', job_type, 'jobId', job_id, 'seq', 1000000)::text) from jobtrail.job_history where seq = 3",
                "an epoch that would excuse what comes after it | 20 | note 1: it is no epoch | select jobtrail.append_note('epoch', min(organization_id), 'harmless', '{\"localSeq\":1,\"firstSeq\":2,\"forkedSeq\":1,\"topicSeq\":1000000}') from jobtrail.organization_head",
                "a row in the middle removed | 21 | row 5 should be next | delete from jobtrail.job_history where seq = 5",
                "the tail cut | 21 | its head says | delete from jobtrail.job_history where (organization_id, seq) in LAST",
                "two rows swapped | 20 | row 3: it does not follow | update jobtrail.job_history set seq = case seq when 3 then -4 else -3 end where seq in (3, 4); update jobtrail.job_history set seq = -seq where seq < 0",
                "a head moved | 20 | not the one that the head holds | update jobtrail.organization_head set last_hash = sha256(last_hash)",
                "a head with another source | 24 | its head says source other and epoch 1, its last row simulator and 1 | update jobtrail.organization_head set source = 'other'",
                "a head with another epoch | 24 | its head says source simulator and epoch 7, its last row simulator and 1 | update jobtrail.organization_head set epoch = 7",
                "a sealed row from nowhere | 21 | organization ghost has rows, but no head | insert into jobtrail.sealed_row select (jsonb_populate_record(line, '{\"organization_id\": \"ghost\"}')).* from jobtrail.job_history line where seq = 1 limit 1",
                "a state from nowhere | 21 | organization ghost has rows, but no head | insert into jobtrail.known_job select (jsonb_populate_record(known, '{\"organization_id\": \"ghost\"}')).* from jobtrail.known_job known limit 1",
                "a head removed | 21 | has rows, but no head | delete from jobtrail.organization_head",
                "a digest edited | 24 | is not what its history says | update jobtrail.known_job set digest = sha256(digest)",
                "a state of another row | 24 | is not what its history says | update jobtrail.known_job set last_seq = last_seq + 1 where last_seq = 2",
                "a state made missing | 24 | is not what its history says | update jobtrail.known_job set missing = true where last_seq = 2",
                "a row before the first | 21 | its head says 1 to | insert into jobtrail.job_history select (jsonb_populate_record(line, '{\"seq\": 0}')).* from jobtrail.job_history line where seq = 1",
                "a row behind the last | 21 | its head says 1 to | insert into jobtrail.job_history select (jsonb_populate_record(line, jsonb_build_object('seq', seq + 1000))).* from jobtrail.job_history line where seq = 1",
                "a state removed | 24 | has a history but no state | delete from jobtrail.known_job where last_seq = 2",
                "more acknowledged than published | 23 | acknowledged events are not on topic | update jobtrail.publication set published_seq = published_seq + 1",
                "a receipt removed | 26 | source simulator, receipt 3: receipt 2 should be next | delete from jobtrail.poll_receipt where seq = 2",
                "a receipt edited | 26 | receipt 2: its columns are not | update jobtrail.poll_receipt set outcome = 'PARTIAL' where seq = 2",
                "a receipt's period edited | 26 | receipt 1: its columns are not | update jobtrail.poll_receipt set period = period + interval '1 millisecond' where seq = 1",
                "the receipts' tail cut | 26 | 2 receipts up to 2, its head says 1 to 3 | delete from jobtrail.poll_receipt where seq = 3",
                "the receipts' tail cut with their head | 22 | says that source simulator has receipt 3: it is not there any more | delete from jobtrail.poll_receipt where seq = 3; update jobtrail.source_head set last_receipt = 2, last_attempt = 2, last_hash = (select hash from jobtrail.poll_receipt where seq = 2)",
                "the receipts' head removed | 26 | source simulator has receipts but no head | delete from jobtrail.source_head",
                "an attempt denied | 26 | there is a receipt of attempt 3, its head says that 2 is the last | update jobtrail.source_head set last_attempt = 2",
                "a list of organizations edited | 26 | its ids are not those that were hashed | update jobtrail.organization_list set organization_ids = organization_ids[1:2]",
                "a list of organizations removed | 26 | the list of the organizations that it had before it is gone | delete from jobtrail.organization_list",
                "a note from nowhere | 21 | ledger_note: 1 notes up to 1, the head says 1 to 0 | insert into jobtrail.ledger_note select 1, now(), 'epoch', null, 'x', null, 'y', last_hash, last_hash from jobtrail.ledger_head",
            })
    void anEditIsFound(String edit, int exitCode, String says, String sql) throws Exception {
        tampering.edit(sql.replace("LAST", LAST));

        Verdict verdict = verify().verdict();

        assertThat(verdict.sentence()).startsWith("NOT intact").contains(says);
        assertThat(verdict.exitCode()).isEqualTo(exitCode);
    }

    @Test
    void whatWasFoundIsToldWhereTheRestCannotBeLookedAt() throws Exception {
        tampering.edit("update jobtrail.job_history set last_status = concat(last_status, '!') where seq = 2");
        database.execute("alter table jobtrail.poll_receipt rename to elsewhere");
        try {
            Report report = verify();

            assertThat(report.verdict().exitCode()).isEqualTo(20);
            assertThat(report.verdict().sentence()).startsWith("NOT intact").contains("row 2: its columns are not");
            assertThat(report.lines())
                    .anyMatch(line -> line.startsWith("WARNING: not all was verified: ")
                            && line.contains("jobtrail.poll_receipt"));
        } finally {
            database.execute("alter table jobtrail.elsewhere rename to poll_receipt");
        }
    }

    @Test
    void aNoteOfARecoveryExcusesNothingThatWasSignedAfterIt() throws Exception {
        String note = """
                select jobtrail.append_note('recovery', null, 'harmless',
                    '{"checkpoint":1000,"lost":[{"kind":"receipts","id":"simulator","firstSeq":1,"lastSeq":1000}]}')""";
        String cut = """
                delete from jobtrail.poll_receipt where seq = 3;
                update jobtrail.source_head set last_receipt = 2, last_attempt = 2,
                    last_hash = (select hash from jobtrail.poll_receipt where seq = 2)""";
        tampering.edit(note);
        SignedCheckpoint.appendWithNote(settings.checkpoint().keyFile(), file(), (byte[])
                database.value("select hash from jobtrail.ledger_note where seq = 1"));
        tampering.edit(cut);

        // The file alone: the topic does not have the last one.
        Report report =
                new Verification(TestSettings.withCheckpointsOn("not-there", settings), keys(), Scope.ALL).run();

        assertThat(report.verdict().exitCode()).isEqualTo(22);
        assertThat(report.verdict().sentence())
                .endsWith("says that source simulator has receipt 3: it is not there any more");
    }

    @Test
    void aRecoveryExcusesReceiptsOfAnOlderBackupThatWasRestoredBeforeThisOne() throws Exception {
        SignedCheckpoint.appendWithReceipt(settings.checkpoint().keyFile(), file(), "simulator", 2);
        Settings fileAlone = TestSettings.withCheckpointsOn("not-there", settings);
        assertThat(new Verification(fileAlone, keys(), Scope.ALL)
                        .run()
                        .verdict()
                        .exitCode())
                .isEqualTo(22);
        LostEvidence lost;
        try (var connections = new Database(settings.database().orElseThrow(), 1);
                Connection auditor = connections.connectToAudit()) {
            lost = LostEvidence.find(auditor, new KafkaClients(settings.kafka().orElseThrow()), fileAlone, keys());
        }

        database.value("select 1 from (select jobtrail.note_lost_evidence(%d, 'receipts', '%s'::json)) noted"
                .formatted(lost.checkpoint(), lost.rangesNode()));

        assertThat(lost.ranges()).containsExactly(new LostEvidence.Range("receipts", "simulator", 2, 2));
        assertThat(new Verification(fileAlone, keys(), Scope.ALL)
                        .run()
                        .verdict()
                        .exitCode())
                .isLessThanOrEqualTo(10);
    }

    @Test
    void aWholeChainThatWasRecomputedIsFoundByTheCheckpointAndByTheTopic() throws Exception {
        tampering.edit("""
                update jobtrail.job_history line
                set last_status = 'Success', raw = '{}', raw_digest = jobtrail.salted_digest(salt, '{}')
                where organization_id = '%s' and seq = 2""".formatted(organization));
        tampering.rechain((String) organization);

        Report report = verify();

        assertThat(report.verdict().sentence())
                .containsPattern("^NOT intact: checkpoint \\d of ")
                .contains("says that organization %s has row ".formatted(organization))
                .endsWith("the one that is there has another hash");
        assertThat(report.verdict().exitCode()).isEqualTo(22);
        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("TOPIC_CONTRADICTS") && line.contains("its ce_id is not the row's"));
    }

    @Test
    void aTailThatWasCutWithHeadStateAndPublicationIsFoundByTheCheckpoint() throws Exception {
        tampering.edit("delete from jobtrail.job_history where (organization_id, seq) in " + LAST, """
                delete from jobtrail.known_job state
                where not exists (select from jobtrail.job_history line
                    where line.organization_id = state.organization_id and line.seq = state.last_seq)""", """
                update jobtrail.organization_head head set last_seq = line.seq, last_hash = line.hash
                from jobtrail.job_history line
                where line.organization_id = head.organization_id
                    and line.seq = (select max(seq) from jobtrail.job_history where organization_id = head.organization_id)""", """
                update jobtrail.publication set published_seq = last_seq, published_hash = last_hash
                from jobtrail.organization_head head where head.organization_id = publication.organization_id""");

        Verdict verdict = verify().verdict();

        assertThat(verdict.sentence())
                .matches(
                        "NOT intact: checkpoint \\d of \\S+ says that organization \\S+ has row \\d+: it is not there any more");
        assertThat(verdict.exitCode()).isEqualTo(22);
    }

    @Test
    void aSealedHistoryAndAnErasedJobAreIntact() throws Exception {
        Object job =
                database.value("select min(job_id) from jobtrail.job_history where organization_id = ?", organization);
        long sealed = retain();
        Report report = verify();
        Verdict afterRetain = report.verdict();

        erase(job);
        Verdict afterErase = verify().verdict();
        long left = (Long) database.value("select count(*) from jobtrail.job_history");

        assertThat(sealed).isPositive();
        assertThat(report.lines()).contains("sealed: %d rows".formatted(sealed));
        assertThat(afterRetain)
                .isEqualTo(new Verdict(
                        0,
                        "intact: %d rows verified, all of them on the topic, all of them covered by a checkpoint"
                                .formatted(left - 1)));
        assertThat(afterErase)
                .isEqualTo(new Verdict(
                        10,
                        "intact: %d rows verified, 1 of them not on the topic yet, 1 of them not covered by a checkpoint yet"
                                .formatted(left)));
    }

    @Test
    void anErasedJobIsProvenByTheSaltOfItsEvents() throws Exception {
        erase(database.value("select min(job_id) from jobtrail.job_history where organization_id = ?", organization));

        assertThat(verify().verdict().exitCode()).isEqualTo(10);

        tampering.edit("update jobtrail.job_history set payload_digest = sha256(payload_digest) where payload is null");
        tampering.rechain((String) organization);
        assertThat(verify().lines())
                .anyMatch(line -> line.contains("its value is not the row's payload")
                        || line.contains("its ce_id is not the row's"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a typed column of a sealed row | 20 | its columns are not | update jobtrail.sealed_row set last_status = concat(last_status, '!')",
                "a byte of a sealed row | 20 | its raw text is not | update jobtrail.sealed_row set raw = concat(raw, ' ') where raw is not null",
                "a sealed row removed | 20 | the sealed rows are not those that its seal | delete from jobtrail.sealed_row where seq = (select min(seq) from jobtrail.sealed_row where payload is not null)",
                "a sealed row in the history | 21 | its head says | insert into jobtrail.job_history select * from jobtrail.sealed_row where seq = (select min(seq) from jobtrail.sealed_row where payload is not null)",
                "rows of nobody sealed | 21 | it lies sealed, and no seal says so | update jobtrail.sealed_row set seq = seq + 1000",
                "the row after the seal edited | 20 | it does not follow from the row before | update jobtrail.job_history set prev_hash = sha256(prev_hash) where change_kind = 'erased'",
                "a seal edited | 20 | ledger_note, note 1: its columns are not | update jobtrail.ledger_note set content = replace(content, '\"jobs\"', '\"job\"') where kind = 'seal'",
                "a seal removed | 21 | ledger_note, note 2: note 1 should be next | delete from jobtrail.ledger_note where kind = 'seal'",
                "the note of an erasure removed | 20 | its payload is gone, and nothing says that backup job | delete from jobtrail.ledger_note where kind = 'erasure'; update jobtrail.ledger_head set last_seq = 1, last_hash = (select hash from jobtrail.ledger_note where seq = 1)",
            })
    void anEditOfASealedHistoryIsFound(String edit, int exitCode, String says, String sql) throws Exception {
        retain();
        erase(database.value("select min(job_id) from jobtrail.sealed_row where organization_id = ?", organization));

        tampering.edit(sql);

        Verdict verdict = verify().verdict();
        assertThat(verdict.sentence()).startsWith("NOT intact").contains(says);
        assertThat(verdict.exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a trigger dropped | not there any more: trigger always: CREATE TRIGGER job_history_append_only | drop trigger job_history_append_only on jobtrail.job_history | create trigger job_history_append_only before update or delete on jobtrail.job_history for each row execute function REFUSE; alter table jobtrail.job_history enable always trigger job_history_append_only",
                "a trigger disabled | not there any more: trigger always: CREATE TRIGGER poll_receipt_no_truncate | alter table jobtrail.poll_receipt disable trigger poll_receipt_no_truncate | alter table jobtrail.poll_receipt enable always trigger poll_receipt_no_truncate",
                "a trigger off in replica mode | not there any more: trigger always: CREATE TRIGGER job_history_append_only | alter table jobtrail.job_history enable trigger job_history_append_only | alter table jobtrail.job_history enable always trigger job_history_append_only",
                "a trigger with a condition | not there any more: trigger always: CREATE TRIGGER job_history_append_only | create or replace trigger job_history_append_only before update or delete on jobtrail.job_history for each row when (old.seq < 0) execute function REFUSE; alter table jobtrail.job_history enable always trigger job_history_append_only | create or replace trigger job_history_append_only before update or delete on jobtrail.job_history for each row execute function REFUSE; alter table jobtrail.job_history enable always trigger job_history_append_only",
                "a trigger more | never installed: trigger not always: CREATE TRIGGER aaa | create trigger aaa before insert on jobtrail.job_history for each row execute function REFUSE | drop trigger aaa on jobtrail.job_history",
                "a grant given | never installed: table jobtrail.job_history: UPDATE to jobtrail_writer | grant update on jobtrail.job_history to jobtrail_writer | revoke update on jobtrail.job_history from jobtrail_writer",
                "a grant of a column | never installed: table jobtrail.job_history: UPDATE of raw to public | grant update (raw) on jobtrail.job_history to public | revoke update (raw) on jobtrail.job_history from public",
                "a function given | never installed: function jobtrail.append_note(text,text,text,text): EXECUTE to jobtrail_writer | grant execute on function jobtrail.append_note(text, text, text, text) to jobtrail_writer | revoke execute on function jobtrail.append_note(text, text, text, text) from jobtrail_writer",
                "another owner | not there any more: table jobtrail.job_history: owner jobtrail_owner | alter table jobtrail.job_history owner to jobtrail_writer | alter table jobtrail.job_history owner to jobtrail_owner",
                "a rule | never installed: table jobtrail.poll_receipt: CREATE RULE quiet | create rule quiet as on insert to jobtrail.poll_receipt do instead nothing | drop rule quiet on jobtrail.poll_receipt",
                "rows hidden | never installed: table jobtrail.installation: row security | alter table jobtrail.installation enable row level security | alter table jobtrail.installation disable row level security",
                "rows elsewhere | never installed: table jobtrail.job_history: inherited by public.elsewhere | create table public.elsewhere () inherits (jobtrail.job_history) | drop table public.elsewhere",
                "a table that a crash empties | never installed: table jobtrail.poll_receipt: not logged | alter table jobtrail.poll_receipt set unlogged | alter table jobtrail.poll_receipt set logged",
                "a key dropped | not there any more: table jobtrail.poll_receipt: UNIQUE NULLS NOT DISTINCT (source, attempt, share) | alter table jobtrail.poll_receipt drop constraint poll_receipt_one_for_a_share | alter table jobtrail.poll_receipt add constraint poll_receipt_one_for_a_share unique nulls not distinct (source, attempt, share)",
                "a back door | never installed: function public.back_door(): owner jobtrail_owner | create function public.back_door() returns void language sql security definer as ''; alter function public.back_door() owner to jobtrail_owner | drop function public.back_door()",
                "a role that may log in | not there any more: role jobtrail_owner: no login | alter role jobtrail_owner login | alter role jobtrail_owner nologin",
                "a role that may create roles | never installed: role jobtrail_writer: no login createrole | alter role jobtrail_writer createrole | alter role jobtrail_writer nocreaterole",
                "a role that is an owner | never installed: role jobtrail_writer: member of jobtrail_owner | grant jobtrail_owner to jobtrail_writer | revoke jobtrail_owner from jobtrail_writer",
                "a role that may write everything | never installed: role jobtrail_auditor: member of pg_write_all_data | grant pg_write_all_data to jobtrail_auditor | revoke pg_write_all_data from jobtrail_auditor",
            })
    void aProtectionThatWasWeakenedIsFound(String weakened, String says, String sql, String undo) throws Exception {
        database.execute(sql.replace("REFUSE", REFUSE));
        try {
            Report report = verify();

            assertThat(report.lines()).contains("protection: weakened").anyMatch(line -> line.contains(says));
            assertThat(report.verdict().sentence()).startsWith("NOT intact: ");
            assertThat(report.verdict().exitCode()).isEqualTo(25);
        } finally {
            database.execute(undo.replace("REFUSE", REFUSE));
        }
        try (Connection connection = database.connect()) {
            assertThat(new Protection(connection).lines()).as("as it was").isEqualTo(Protection.expected());
        }
    }

    @Test
    void aFunctionThatLetsEverythingThroughIsFound() throws Exception {
        String definition = (String) database.value("select pg_get_functiondef('jobtrail.refuse_change'::regproc)");
        database.execute(definition.replaceAll(
                "(?s)AS \\$function\\$.*\\$function\\$", "AS \\$function\\$ begin return new; end \\$function\\$"));
        try {
            Verdict verdict = verify().verdict();

            assertThat(verdict.sentence())
                    .startsWith(
                            "NOT intact: installed, and not there any more: function jobtrail.refuse_change(): source ");
            assertThat(verdict.exitCode()).isEqualTo(25);
        } finally {
            database.execute(definition);
        }
    }

    @Test
    void moreRightsToReadWeakenNothing() throws Exception {
        database.execute(
                "grant select on all tables in schema jobtrail to public; grant usage on schema jobtrail to public");
        try {
            assertThat(verify().verdict().exitCode()).isZero();
        } finally {
            database.execute(
                    "revoke select on all tables in schema jobtrail from public; revoke usage on schema jobtrail from public");
        }
    }

    @Test
    void aFileOfOtherCheckpointsIsFound() throws Exception {
        List<String> lines = checkpoints.lines().toList();

        Files.writeString(file(), checkpoints.replace(lines.get(1) + "\n", ""));
        assertThat(verify().verdict().exitCode())
                .as("one less than on the topic")
                .isZero();

        Files.writeString(file(), checkpoints.replace(lines.get(1) + "\n", lines.get(1) + "x\n"));
        assertThat(verify().verdict().sentence()).contains("line 2 of " + file());
        assertThat(verify().verdict().exitCode()).isEqualTo(22);

        Files.writeString(file(), checkpoints + "something else\n");
        assertThat(verify().verdict().sentence())
                .isEqualTo("NOT intact: line %d of %s: it is no checkpoint".formatted(taken + 1, file()));

        Files.delete(file());
        assertThat(verify().verdict().exitCode()).as("the topic is enough").isZero();
    }

    @Test
    void aCheckpointThatIsBeingWrittenIntoTheFileIsNoContradiction() throws Exception {
        String last = checkpoints.lines().toList().get(taken - 1);

        Files.writeString(file(), checkpoints.replace(last + "\n", last.substring(0, last.length() / 2)));
        Report report = verify();

        assertThat(report.verdict().exitCode()).isZero();
        assertThat(report.lines())
                .contains(
                        "WARNING: %s ends in the middle of a line: a checkpoint is being written, or was when the machine stopped; the next start completes it"
                                .formatted(file()));
    }

    @Test
    void checkpointsOfAnotherKeyProveNothing(@TempDir Path directory) throws Exception {
        CheckpointKey.open(directory.resolve("another.pem"));
        var another = new CheckpointKeys(Optional.of(TrustedKeys.read(directory.resolve("another.pem"))));

        Report report = new Verification(settings, another, Scope.ALL).run();

        assertThat(report.verdict().sentence())
                .matches("NOT intact: .*, checkpoint 1 of .*: its key \\S{43} is none of those that are trusted");
        assertThat(report.verdict().exitCode()).isEqualTo(22);
    }

    @Test
    void withoutAKeyTheSignaturesAreNotCheckedAndThatIsSaid() throws Exception {
        String key = CheckpointKey.open(settings.checkpoint().keyFile()).id();

        Report report = new Verification(settings, new CheckpointKeys(Optional.empty()), Scope.ALL).run();

        assertThat(report.verdict().exitCode()).isZero();
        assertThat(report.lines())
                .contains(
                        "WARNING: the signatures of the checkpoints were not checked: they name key %s; give its PUBLIC KEY with --public-key"
                                .formatted(key));
    }

    @Test
    void aMissingTopicOfCheckpointsIsSaid() throws Exception {
        Files.delete(file());

        Report report =
                new Verification(TestSettings.withCheckpointsOn("not-there", settings), keys(), Scope.ALL).run();

        assertThat(report.verdict().exitCode()).isEqualTo(10);
        assertThat(report.verdict().sentence())
                .matches("intact: (\\d+) rows verified, .*, \\1 of them not covered by a checkpoint yet");
        assertThat(report.lines())
                .contains("WARNING: there is no checkpoint, neither on topic not-there nor in " + file());
    }

    @Test
    void aForeignKafkaIsAWarningAndTheLedgerIsStillJudged() throws Exception {
        tampering.edit("update jobtrail.publication set cluster_id = 'elsewhere'");

        Report report = verify();

        assertThat(report.verdict().exitCode()).as("not all proven").isEqualTo(10);
        assertThat(report.verdict().sentence()).startsWith("intact").contains("not compared with the topic");
        assertThat(report.lines())
                .anyMatch(line ->
                        line.startsWith("WARNING: the history was published on another Kafka cluster than this one"));

        tampering.edit("update jobtrail.job_history set raw = concat(raw, ' ') where seq = 3");
        assertThat(verify().verdict().exitCode()).isEqualTo(20);
    }

    @Test
    void whatWasSignedIsHeldAgainstAHistoryThatDeniesItsKafka() throws Exception {
        Files.delete(file());
        tampering.edit("update jobtrail.publication set cluster_id = 'elsewhere'");
        rewriteTheSecondRow();

        Verdict verdict = verify().verdict();

        assertThat(verdict.sentence())
                .startsWith("NOT intact: checkpoint ")
                .endsWith("the one that is there has another hash");
        assertThat(verdict.exitCode()).isEqualTo(22);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster_id", "topic_id"})
    void eventsBesideSignedCheckpointsAreHeldAgainstAHistoryThatDeniesItsTopic(String identity) throws Exception {
        tampering.edit(
                "update jobtrail.publication set %s = 'elsewhere'".formatted(identity),
                "update jobtrail.job_history set last_status = 'Success', enabled = null where (organization_id, seq) in "
                        + LAST);
        tampering.rechain((String) organization);

        Report report = verify();

        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("TOPIC_CONTRADICTS") && line.contains("its ce_id is not the row's"))
                .anyMatch(line -> line.startsWith("WARNING: the history was published on ")
                        && line.contains("but for the events that are there"));
    }

    @Test
    void whatTheFileOfCheckpointsProvesIsToldWithoutKafka() throws Exception {
        rewriteTheSecondRow();

        Report report = new Verification(withoutKafka(), keys(), Scope.ALL).run();

        assertThat(report.verdict().sentence())
                .startsWith("NOT intact: checkpoint ")
                .endsWith("the one that is there has another hash");
        assertThat(report.verdict().exitCode()).isEqualTo(22);
        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("UNREADABLE: topic and checkpoints on Kafka were not looked at"));
    }

    @Test
    void whatTheFileOfCheckpointsProvesIsToldWithoutKafkaWhateverElseIsWrongAndWhoeverSignedIt() throws Exception {
        tampering.edit("update jobtrail.poll_receipt set reason = 'edited' where seq = 1");
        rewriteTheSecondRow();

        Report report = new Verification(withoutKafka(), new CheckpointKeys(Optional.empty()), Scope.ALL).run();

        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("RECEIPTS_BROKEN"))
                .anyMatch(line -> line.startsWith("CHECKPOINT_CONTRADICTS"))
                .anyMatch(line -> line.startsWith("WARNING: the signatures of the checkpoints were not checked"));
        assertThat(report.verdict().exitCode()).isEqualTo(22);
    }

    @Test
    void anIntactLedgerIsNotCalledSoWithoutKafka() throws Exception {
        Report report = new Verification(withoutKafka(), keys(), Scope.ALL).run();

        assertThat(report.verdict().sentence())
                .startsWith(
                        "could not verify: topic and checkpoints on Kafka were not looked at, or not to their end: ");
        assertThat(report.verdict().exitCode()).isEqualTo(30);
        assertThat(report.lines())
                .as("what PostgreSQL has was verified")
                .anyMatch(line -> line.startsWith("history: 3 organizations, "))
                .contains("protection: as installed");
    }

    @Test
    void checkpointsOnAForeignKafkaThatNoTrustedKeyHasSignedAreAnotherHistorys(@TempDir Path directory)
            throws Exception {
        Files.delete(file());
        tampering.edit("update jobtrail.publication set cluster_id = 'elsewhere'");
        CheckpointKey.open(directory.resolve("another.pem"));
        var another = new CheckpointKeys(Optional.of(TrustedKeys.read(directory.resolve("another.pem"))));

        Report report = new Verification(settings, another, Scope.ALL).run();

        assertThat(report.verdict().exitCode()).as("not all proven").isEqualTo(10);
        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("WARNING: there is no checkpoint, neither on topic"));
    }

    @Test
    void aForeignDatabaseIsAWarning() throws Exception {
        String definition = (String) database.value("select pg_get_functiondef('jobtrail.system_identifier'::regproc)");
        database.execute(definition.replaceAll(
                "(?s)AS \\$function\\$.*\\$function\\$", "AS \\$function\\$ begin return '42'; end \\$function\\$"));
        try {
            assertThat(verify().lines())
                    .filteredOn(line -> line.startsWith("WARNING"))
                    .singleElement()
                    .asString()
                    .matches("WARNING: checkpoint 1 of \\S+ was taken of PostgreSQL \\d+, this is PostgreSQL 42: .*");
        } finally {
            database.execute(definition);
        }
    }

    @Test
    void functionsThatSomebodyPutInThePathOfTheDatabaseAreNotAsked() throws Exception {
        String name = (String) database.value("select current_database()");
        database.execute("""
                create schema shadow; grant usage on schema shadow to public;
                create function shadow.encode(bytea, text) returns text language plpgsql as $$ begin raise 'asked'; end $$;
                create function shadow.sha256(bytea) returns bytea language plpgsql as $$ begin raise 'asked'; end $$""");
        database.execute("alter database %s set search_path = shadow, pg_catalog".formatted(name));
        try {
            assertThat(verify().verdict().exitCode()).isZero();
        } finally {
            database.execute("alter database %s reset search_path".formatted(name));
            database.execute("drop schema shadow cascade");
        }
    }

    @Test
    void anEventOfARowThatLiesSealedIsHeldAgainstIt() throws Exception {
        retain();

        tampering.edit("update jobtrail.sealed_row set last_status = 'Success!', hash = sha256(hash)");

        assertThat(verify().lines()).anyMatch(line -> line.contains("its ce_id is not the row's"));
    }

    @Test
    void oneOrganizationIsVerifiedAlone() throws Exception {
        tampering.edit("update jobtrail.job_history set raw = concat(raw, ' ') where organization_id <> '%s'"
                .formatted(organization));

        Verdict verdict = verify(new Scope(Optional.of((String) organization), Optional.empty(), Optional.empty()))
                .verdict();

        assertThat(verdict.sentence())
                .isEqualTo("intact: %s rows verified, all of them on the topic, all of them covered by a checkpoint"
                        .formatted(database.value(
                                "select count(*) from jobtrail.job_history where organization_id = ?", organization)));
        assertThat(verdict.exitCode()).isZero();
    }

    @Test
    void anOrganizationThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> verify(new Scope(Optional.of("nobody"), Optional.empty(), Optional.empty())))
                .isInstanceOf(UnverifiableException.class)
                .hasMessage("there is no organization nobody in this history");
    }

    @Test
    void rowsOfATimeAreVerifiedAndTheStateIsNotComparedWithThem() throws Exception {
        // Each organization has a moment of its own; this is that of the last one.
        Instant last = ((Timestamp) database.value(
                        "select max(first) from (select min(observed_at) as first from jobtrail.job_history"
                                + " group by organization_id) organizations"))
                .toInstant();
        var before = new Scope(Optional.empty(), Optional.empty(), Optional.of(last));
        var after = new Scope(Optional.empty(), Optional.of(last), Optional.empty());
        tampering.edit("update jobtrail.known_job set missing = true");

        Verdict intact = verify(after).verdict();
        tampering.edit("update jobtrail.job_history set raw = concat(raw, ' ') where seq = 2 and observed_at < '%s'"
                .formatted(last));

        assertThat(intact.sentence())
                .isEqualTo("intact: %s rows verified, all of them on the topic, all of them covered by a checkpoint"
                        .formatted(database.value("select count(*) from jobtrail.job_history where observed_at >= '%s'"
                                .formatted(last))));
        assertThat(verify(after).verdict()).isEqualTo(intact);
        assertThat(verify(before).verdict().exitCode()).isEqualTo(20);
    }

    @Test
    void aMomentThatWasMovedOutOfTheTimeIsFound() throws Exception {
        Instant last = ((Timestamp) database.value("select max(observed_at) from jobtrail.job_history")).toInstant();
        tampering.edit("""
                update jobtrail.job_history set observed_at = observed_at - interval '1 day'
                where (organization_id, seq) in (
                    select organization_id, min(seq) from jobtrail.job_history where observed_at = '%s' group by 1)
                """.formatted(last));

        Verdict verdict = verify(new Scope(Optional.empty(), Optional.of(last), Optional.empty()))
                .verdict();

        assertThat(verdict.sentence()).contains("its columns are not those that were hashed");
        assertThat(verdict.exitCode()).isEqualTo(20);
    }

    @Test
    void theReportIsOneJsonDocument() throws Exception {
        tampering.edit(
                "delete from jobtrail.poll_receipt where seq = 2",
                "update jobtrail.job_history set raw = concat(raw, ' ') where seq = 3");

        JsonNode report = new ObjectMapper().readTree(verify().json());

        assertThat(report.path("exitCode").asInt()).isEqualTo(20);
        assertThat(report.path("verdict").asText()).startsWith("NOT intact: organization ");
        assertThat(report.path("counts").path("receipts").asInt()).isEqualTo(2);
        assertThat(report.path("counts").path("rowsNotCovered").asInt()).isZero();
        assertThat(report.path("findings").findValuesAsText("kind"))
                .containsOnly("CHAIN_BROKEN", "RECEIPTS_BROKEN")
                .hasSize(4);
        assertThat(report.path("warnings").isArray()).isTrue();
    }

    @Test
    void theCommandSaysItAllInOneDocumentAndItsExitCode() throws Exception {
        try (Program program = Program.start(
                        environment(), "verify", "--json", "--from", "2026-01-01", "--to", "9999-01-01T00:00:00");
                Program nobody = Program.start(environment(), "verify", "--organization", "nobody")) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            JsonNode report = new ObjectMapper().readTree(program.output());
            assertThat(report.path("verdict").asText()).startsWith("intact: ");
            assertThat(report.path("counts").path("rows").asLong())
                    .isEqualTo(database.value("select count(*) from jobtrail.job_history"));
            assertThat(nobody.exitCode()).isEqualTo(30);
            assertThat(nobody.output()).isEqualTo("could not verify: there is no organization nobody in this history");
        }
    }

    @Test
    void theCommandTakesAnIdInUpperCaseAsOtherToolsWriteIt() throws Exception {
        String shouted = ((String) organization).toUpperCase(Locale.ROOT);
        assertThat(shouted).isNotEqualTo(organization);

        try (Program program = Program.start(environment(), "verify", "--organization", shouted)) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output()).contains("history: 1 organization, ");
        }
    }

    private Map<String, String> environment() {
        return Map.of(
                "DATABASE_URL", database.url(),
                "DATABASE_USERNAME", database.username(),
                "DATABASE_PASSWORD", database.password(),
                "KAFKA_BOOTSTRAP_SERVERS", settings.kafka().orElseThrow().bootstrapServers(),
                "KAFKA_TOPIC_EVENTS", settings.topics().events(),
                "KAFKA_TOPIC_CHECKPOINTS", settings.topics().checkpoints(),
                "CHECKPOINT_FILE", file().toString(),
                "CHECKPOINT_KEY_FILE", settings.checkpoint().keyFile().toString());
    }

    @Test
    void aDatabaseOfAnotherVersionIsNotJudged() throws Exception {
        String version = "update jobtrail.flyway_schema_history set version = %s where version = %s";
        Object newest = database.value(
                "select max(version::integer) from jobtrail.flyway_schema_history where version is not null");
        database.execute(version.formatted("'999'", "'" + newest + "'"));
        try {
            assertThatThrownBy(this::verify)
                    .isInstanceOf(UnverifiableException.class)
                    .hasMessageContaining("are of version 999, this program's are of version " + newest);
        } finally {
            database.execute(version.formatted("'" + newest + "'", "'999'"));
        }
    }

    @Test
    void aRowThatIsNotOnTheTopicYetIsCounted() throws Exception {
        var ledger = new Ledger(database);
        long claim = (Long) ledger.claim("simulator", "another").get("claimed_poll");
        ledger.record("another", claim, List.of(change("a", "created", Map.of("payload", "{\"after\":{}}"))));

        Verdict verdict = verify().verdict();

        assertThat(verdict.sentence())
                .endsWith("1 of them not on the topic yet, 1 of them not covered by a checkpoint yet");
        assertThat(verdict.exitCode()).isEqualTo(10);
    }

    /** Seals all of one organization's rows. */
    private long retain() throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            return retention.retain((String) organization, Instant.now()).rows();
        }
    }

    private void erase(Object job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            assertThat(erasure.erase((String) organization, "backup", (String) job))
                    .isPresent();
        }
    }

    private Report verify() throws SQLException, IOException {
        return verify(Scope.ALL);
    }

    private Report verify(Scope scope) throws SQLException, IOException {
        return new Verification(settings, keys(), scope).run();
    }

    /** As somebody does who knows how the chain is made. */
    private void rewriteTheSecondRow() throws Exception {
        tampering.edit(
                "update jobtrail.job_history set last_status = 'Success', enabled = null where seq = 2 and organization_id = '%s'"
                        .formatted(organization));
        tampering.rechain((String) organization);
    }

    private Settings withoutKafka() {
        var nobody = new Settings.Kafka(
                "127.0.0.1:1", "nobody", Map.of("default.api.timeout.ms", "2000", "request.timeout.ms", "1000"));
        return TestSettings.withKafka(nobody, settings);
    }

    private CheckpointKeys keys() {
        return new CheckpointKeys(
                Optional.of(TrustedKeys.read(settings.checkpoint().keyFile())));
    }

    private Path file() {
        return settings.checkpoint().file();
    }
}
