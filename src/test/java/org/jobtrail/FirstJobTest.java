package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Program;
import org.jobtrail.support.ProgramSettings;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestCertificate;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The one job of a v1 server, from its HTTPS answer to its row and its event. */
@ExtendWith(RealServers.class)
class FirstJobTest {

    private static final String ORGANIZATION = "b2d9414d-c417-4a94-be3b-b38a3c2e8a7b";
    private static final String JOB = "70a8cbaf-642f-4c6f-934d-fb10e597a82a";

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;

    FirstJobTest(PostgresServer server, KafkaServer kafka) throws SQLException {
        this.database = server.emptyDatabase();
        this.kafka = kafka;
    }

    @Test
    void theFirstJobBecomesOneRowAndOneEventHoweverOftenItIsPolled() throws Exception {
        var certificate = TestCertificate.create(directory);
        try (FakeVeeam veeam = FakeVeeam.startWithTls(certificate.tls())
                .on("POST /v1/token", Answer.TOKEN)
                .on("GET /v1/Organizations", Answer.file("v1-organizations.json"))
                .on("GET /v1/Organizations/" + ORGANIZATION + "/Jobs", Answer.file("v1-jobs-first.json"))) {
            Map<String, String> settings =
                    ProgramSettings.of(database, kafka, "first", veeam.url().toString(), certificate.pem());

            runOnce(settings, "run", "--once");
            assertOneRow();
            assertOneEvent();

            // To run is the default.
            runOnce(settings, "--once");
            assertOneRow();
            assertOneEvent();
        }
    }

    private void assertOneRow() throws SQLException {
        assertThat(database.rows("""
                        select change_kind, organization_id, job_type, job_id, job_name, last_status, enabled, seq,
                            to_char(last_run at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as last_run
                        from jobtrail.job_history
                        """))
                .containsExactly(Map.of(
                        "change_kind",
                        "created",
                        "organization_id",
                        ORGANIZATION,
                        "job_type",
                        "backup",
                        "job_id",
                        JOB,
                        "job_name",
                        "ABC Backup",
                        "last_status",
                        "Success",
                        "enabled",
                        true,
                        "seq",
                        1L,
                        "last_run",
                        "2017-04-01 09:35:59.046916"));
    }

    private void assertOneEvent() throws SQLException {
        List<ConsumerRecord<String, byte[]>> events = kafka.committedRecords("first.events");
        assertThat(events).hasSize(1);
        assertThat(events.get(0).key()).isEqualTo(ORGANIZATION + "/" + JOB);
        assertThat(new String(events.get(0).value(), StandardCharsets.UTF_8))
                .isEqualTo(database.value("select payload from jobtrail.job_history"))
                .contains("\"kind\":\"created\"", "\"initial\":true", "\"name\":\"ABC Backup\"");
    }

    private static void runOnce(Map<String, String> settings, String... arguments) throws Exception {
        try (Program program = Program.start(settings, arguments)) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.lastLine()).startsWith("polled 1 source, 1 organization, 1 job: ");
        }
    }
}
