package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.database.Database;
import org.jobtrail.record.Erasure;
import org.jobtrail.record.Retention;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report.Verdict;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.Verification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that the program wrote and published, of which rows were removed and jobs erased: what verify and the views say of it. */
@ExtendWith(RealServers.class)
class RetainedLedgerTest {

    private static final String JOBS = "GET /v7/Organizations/east/Jobs";
    private static final String CURRENT = "select * from report.current_job order by job_id";

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;
    private Settings settings;

    RetainedLedgerTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.emptyDatabase();
        this.kafka = kafka;
    }

    @Test
    void staysIntactThroughRetentionErasureAndAllThatComesAfter() throws Exception {
        try (FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"}]"))
                .on(
                        JOBS,
                        jobs("Success", "a", "b", "c", "d"),
                        jobs("Failed", "a", "b", "c"),
                        jobs("Warning", "a", "b", "c"))) {
            settings = settings(veeam);
            for (int poll = 0; poll < 2; poll++) {
                run();
            }
            assertIntact(8);
            List<Map<String, Object>> current = database.rows(CURRENT);

            assertThat(retain().rows()).isEqualTo(8);
            assertThat(database.rows(CURRENT)).hasSize(4).isEqualTo(current);
            assertThat(verify().exitCode()).isZero();

            erase("a");
            erase("d");
            assertThat(verify().exitCode())
                    .as("intact, but not all of it is on the topic")
                    .isEqualTo(10);
            run();
            assertIntact(5);
            assertThat(database.column("""
                            select job_id || ' ' || change_kind || ' ' || present from report.current_job order by job_id
                            """))
                    .containsExactly(
                            "a rebaselined true", "b status-changed true", "c status-changed true", "d erased false");

            assertThat(retain().rows()).isPositive();
            assertThat(verify().exitCode()).isZero();
            erase("b");
            run();
            assertThat(verify().sentence()).startsWith("intact");
            assertThat(verify().exitCode()).isZero();

            new Tampering(database)
                    .edit("update jobtrail.sealed_row set payload = null, raw = null, salt = null where job_id = 'c'");
            assertThat(verify().exitCode()).isEqualTo(20);
        }
    }

    private void assertIntact(long rows) throws Exception {
        Verdict verdict = verify();
        assertThat(verdict.sentence()).startsWith("intact: %d rows verified, all of them on the topic".formatted(rows));
        assertThat(verdict.exitCode()).isZero();
    }

    private void run() throws Exception {
        var run = new SingleRun(settings, Path.of("").toAbsolutePath()).run();
        assertThat(run.exitCode()).as(run.summary()).isZero();
    }

    private Retention.Range retain() throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            return retention.retain("east", Instant.now().plusSeconds(3600));
        }
    }

    private void erase(String job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            assertThat(erasure.erase("east", null, job)).isPresent();
        }
    }

    private Verdict verify() throws Exception {
        var keys = new CheckpointKeys(
                Optional.of(TrustedKeys.read(settings.checkpoint().keyFile())));
        return new Verification(settings, keys, Scope.ALL).run().verdict();
    }

    private static Answer jobs(String status, String... ids) {
        var jobs = new StringBuilder();
        for (String id : ids) {
            jobs.append(jobs.isEmpty() ? "[" : ",")
                    .append("{\"id\":\"%s\",\"name\":\"Job %s\",\"isEnabled\":true,\"lastStatus\":\"%s\"}"
                            .formatted(id, id, status));
        }
        return Answer.json(jobs + "]");
    }

    private Settings settings(FakeVeeam veeam) {
        var properties = new Properties();
        Map.of(
                        "source.veeam.url", veeam.url().toString(),
                        "source.veeam.api-version", "v7",
                        "source.veeam.username", "reader",
                        "source.veeam.password", "secret",
                        "kafka.bootstrap-servers", kafka.bootstrapServers(),
                        "kafka.topic.events", "retained-ledger.events",
                        "kafka.topic.cursor", "retained-ledger.cursor",
                        "kafka.topic.checkpoints", "retained-ledger.checkpoints",
                        "kafka.topic.partitions", "2",
                        "data.directory", directory.toString())
                .forEach(properties::setProperty);
        properties.setProperty("kafka.topic.state", "retained-ledger.state");
        properties.setProperty("http.port", "0");
        properties.setProperty("absence.missing-after", "1");
        properties.setProperty("database.url", database.url());
        properties.setProperty("database.username", database.username());
        properties.setProperty("database.password", database.password());
        return new SettingsReader(PropertyLookup.of(properties, Map.of(), null)).read();
    }
}
