package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.record.Database;
import org.jobtrail.settings.Settings;
import org.jobtrail.simulator.Simulator;
import org.jobtrail.simulator.SimulatorOptions;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.transform.Json;
import org.jobtrail.verify.Verification;
import org.jobtrail.verify.Verification.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code verify} says of a ledger that the program wrote, and of the same ledger after somebody was at it. */
@ExtendWith(RealServers.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationTest {

    private static final List<String> TABLES = List.of("job_history", "job_state", "organization_head", "publication");
    private static final String LAST =
            "(select organization_id, max(seq) from jobtrail.job_history group by 1 order by 1 limit 1)";

    private TestDatabase database;
    private Settings settings;

    @BeforeAll
    void aLedgerThatTheProgramWrote(PostgresServer postgres, KafkaServer kafka, @TempDir Path directory)
            throws Exception {
        database = postgres.emptyDatabase();
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults())) {
            Path certificate = Files.writeString(directory.resolve("ca.pem"), simulator.certificatePem());
            settings = settings(simulator, certificate, kafka.bootstrapServers());
            var run = new SingleRun(settings, Path.of("").toAbsolutePath());
            assertThat(run.run().exitCode()).isZero();
        }
        for (String table : TABLES) {
            database.execute("create table public.%s_kept as table jobtrail.%s".formatted(table, table));
        }
    }

    @AfterEach
    void asItWas() throws SQLException {
        for (String table : TABLES) {
            database.execute("truncate jobtrail." + table);
            database.execute("insert into jobtrail.%s table public.%s_kept".formatted(table, table));
        }
    }

    @Test
    void whatTheProgramWroteIsIntact() throws Exception {
        Verdict verdict = verify();

        assertThat(verdict.exitCode()).isZero();
        assertThat(verdict.sentence()).matches("intact: \\d{2,} rows verified, all of them on the topic");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a byte of a payload | 20 | row 3: its payload is not | update jobtrail.job_history set payload = overlay(payload placing '7' from 20 for 1) where seq = 3",
                "a byte of a raw text | 20 | row 3: its raw text is not | update jobtrail.job_history set raw = concat(raw, ' ') where seq = 3",
                "a typed column | 20 | row 2: its columns are not | update jobtrail.job_history set last_status = concat(last_status, '!') where seq = 2",
                "a time of observation | 20 | row 4: its columns are not | update jobtrail.job_history set observed_at = observed_at - interval '1 microsecond' where seq = 4",
                "a row in the middle removed | 21 | row 5 should be next | delete from jobtrail.job_history where seq = 5",
                "the tail cut | 21 | its head says | delete from jobtrail.job_history where (organization_id, seq) in LAST",
                "two rows swapped | 20 | row 3: it does not follow | update jobtrail.job_history set seq = case seq when 3 then -4 else -3 end where seq in (3, 4); update jobtrail.job_history set seq = -seq where seq < 0",
                "a head moved | 20 | not the one that the head holds | update jobtrail.organization_head set last_hash = sha256(last_hash)",
                "a head removed | 21 | has rows but no head | delete from jobtrail.organization_head",
                "a state edited | 24 | is not that of its snapshot | update jobtrail.job_state set snapshot = replace(snapshot, 'Success', 'Failed')",
                "a digest edited | 24 | is not that of its snapshot | update jobtrail.job_state set digest = sha256(digest)",
                "a state made missing | 24 | is not what its history says | update jobtrail.job_state set missing = true where last_seq = 2",
                "a row before the first | 21 | its head says 1 to | insert into jobtrail.job_history select (jsonb_populate_record(line, '{\"seq\": 0}')).* from jobtrail.job_history line where seq = 1",
                "a row behind the last | 21 | its head says 1 to | insert into jobtrail.job_history select (jsonb_populate_record(line, jsonb_build_object('seq', seq + 1000))).* from jobtrail.job_history line where seq = 1",
                "a state removed | 24 | has a history but no state | delete from jobtrail.job_state where last_seq = 2",
                "a row written over with its chain | 23 | its ce_id is not the row's hash | update jobtrail.job_history set raw = '{}', raw_digest = jobtrail.salted_digest(salt, '{}') where (organization_id, seq) in LAST; update jobtrail.job_history line set hash = jobtrail.chain_step(null, prev_hash, 'jobtrail/job_history/1', jobtrail.job_history_item(line)) where (organization_id, seq) in LAST; update jobtrail.organization_head head set last_hash = line.hash from jobtrail.job_history line where line.organization_id = head.organization_id and line.seq = head.last_seq",
                "more acknowledged than published | 23 | acknowledged events are not on topic | update jobtrail.publication set published_seq = published_seq + 1",
            })
    void anEditIsFound(String edit, int exitCode, String says, String sql) throws Exception {
        for (String statement : sql.replace("LAST", LAST).split(";")) {
            database.execute(statement);
        }

        Verdict verdict = verify();

        assertThat(verdict.exitCode()).isEqualTo(exitCode);
        assertThat(verdict.sentence()).startsWith("NOT intact").contains(says);
    }

    @Test
    void aRowThatIsNotOnTheTopicYetIsCounted() throws Exception {
        database.execute("select jobtrail.claim_poll('simulator', 'another', 'Another', 'backup')");
        database.execute("""
                select jobtrail.record_poll('another', 'backup', 1, 1,
                    '[{"job_type":"backup","job_id":"a","change_kind":"created","changed_fields":[],"payload":"{\\"after\\":{\\"id\\":\\"a\\"}}"}]',
                    '[{"job_type":"backup","job_id":"a","snapshot":"{\\"id\\":\\"a\\"}","digest":"DIGEST","raw_digest":"00","api_version":"v1","missing":false,"last_change":1}]',
                    '[]', '[]', null)""".replace("DIGEST", HexFormat.of().formatHex(Json.sha256("{\"id\":\"a\"}"))));

        Verdict verdict = verify();

        assertThat(verdict.exitCode()).isEqualTo(10);
        assertThat(verdict.sentence()).contains("1 of them not on the topic yet");
    }

    private Verdict verify() throws SQLException, IOException {
        try (var real = new Database(settings.database().orElseThrow(), 1)) {
            return new Verification(
                            real,
                            new KafkaClients(settings.kafka().orElseThrow()),
                            settings.topics().events())
                    .run(new PrintStream(OutputStream.nullOutputStream()));
        }
    }

    private Settings settings(Simulator simulator, Path certificate, String bootstrapServers) {
        SimulatorOptions options = SimulatorOptions.defaults();
        return new Settings(
                List.of(new Settings.Source(
                        "simulator",
                        simulator.url(),
                        "v1",
                        options.username(),
                        Optional.of(options.password()),
                        Optional.empty(),
                        Optional.of(certificate),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        4)),
                new Settings.Poll(Duration.ofMinutes(1), 4, Duration.ofMinutes(2)),
                new Settings.Absence(3, Duration.ofHours(24)),
                new Settings.Report(java.time.ZoneOffset.UTC),
                Optional.of(database.settings()),
                Optional.of(new Settings.Kafka(bootstrapServers, "verification-test", Map.of())),
                new Settings.KafkaTopics(
                        "verification-test.events", "verification-test.cursor", "verification-test.checkpoints", 3),
                900_000,
                new Settings.Checkpoint(
                        certificate.resolveSibling("key.pem"),
                        certificate.resolveSibling("checkpoints.jws"),
                        Duration.ofMinutes(10)),
                new Settings.Http("127.0.0.1", 0),
                Path.of("data"));
    }
}
