package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestSettings;
import org.jobtrail.support.TestSource;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.Verification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Text that no administrator writes, from the server's answer to the topic: kept as it is, published as it is, verified. */
@ExtendWith(RealServers.class)
class OddTextTest {

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;

    OddTextTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.emptyDatabase();
        this.kafka = kafka;
    }

    @Test
    void whateverAJobIsCalledTheRowKeepsItTheEventIsTheRowAndTheChainIsIntact() throws Exception {
        // As JSON; each is the name of a job.
        List<String> names = List.of(
                "\"a\\u0000b\"",
                "\"a\\ud800b\"",
                "\"\\udc00\"",
                "\"\u00e9\ud83d\ude80\"",
                "\"'; DROP TABLE jobtrail.job_history; --\"",
                "\"=cmd|' /C calc'!A0\"",
                "\"<script>alert(1)</script>\"",
                "\"a\\r\\nb\"",
                "\"\u202egnp.exe\"",
                "\"${sys:user.home} %s {} ${jndi:ldap://127.0.0.1/a}\"",
                "\"" + "x".repeat(65_536) + "\"",
                "\"" + "y".repeat(2_000_000) + "\"",
                "9007199254740993",
                "1e400",
                "null");
        var jobs = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            jobs.append(i == 0 ? "[" : ",")
                    .append("{\"id\":\"%02d\",\"name\":".formatted(i))
                    .append(names.get(i))
                    .append("}");
        }
        try (FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"1\",\"name\":\"\\u0000'\\\"<\\r\\n\"}]"))
                .on("GET /v7/Organizations/1/Jobs", Answer.json(jobs + "]"))) {
            Settings settings = TestSettings.of(
                    TestSource.named("veeam").url(veeam.url()).apiVersion("v7"),
                    database,
                    kafka.bootstrapServers(),
                    "odd-text",
                    directory);

            var result = new SingleRun(settings, Path.of("").toAbsolutePath()).run();

            assertThat(result.exitCode()).as(result.summary()).isZero();
            assertThat(verdict(settings))
                    .isEqualTo(new Report.Verdict(
                            0,
                            "intact: 15 rows verified, all of them on the topic, all of them covered by a checkpoint"));
        }
        List<Map<String, Object>> rows =
                database.rows("select raw, payload, job_name from jobtrail.job_history order by job_id");
        for (int i = 0; i < names.size(); i++) {
            assertThat((String) rows.get(i).get("raw"))
                    .isEqualTo("{\"id\":\"%02d\",\"name\":".formatted(i) + names.get(i) + "}");
            if (i < 11) {
                assertThat((String) rows.get(i).get("payload"))
                        .containsIgnoringCase("\"name\":" + names.get(i))
                        .doesNotContain("\n");
            }
        }
        assertThat((String) rows.get(11).get("payload"))
                .contains("\"name\":{\"length\":2000000,\"sha256\":\"")
                .hasSizeLessThan(1_000);
        assertThat((String) rows.get(12).get("payload")).contains("\"name\":9007199254740993");
        assertThat(rows)
                .extracting(row -> row.get("job_name"))
                .startsWith(
                        "a\ufffdb",
                        "a\ufffdb",
                        "\ufffd",
                        "\u00e9\ud83d\ude80",
                        "'; DROP TABLE jobtrail.job_history; --",
                        "=cmd|' /C calc'!A0",
                        "<script>alert(1)</script>",
                        "a\r\nb",
                        "\u202egnp.exe");
        assertThat(kafka.committedRecords("odd-text.events"))
                .extracting(event -> new String(event.value(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrderElementsOf(
                        rows.stream().map(row -> (String) row.get("payload")).toList());
    }

    private Report.Verdict verdict(Settings settings) throws Exception {
        var keys = new CheckpointKeys(
                Optional.of(TrustedKeys.read(settings.checkpoint().keyFile())));
        return new Verification(settings, keys, Scope.ALL).run().verdict();
    }
}
