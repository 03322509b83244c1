package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator reads before the first run: what the server wrote cannot speak for the program. */
@ExtendWith(RealServers.class)
class CheckCommandTest {

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;

    CheckCommandTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.migratedDatabase();
        this.kafka = kafka;
    }

    @Test
    void eachOrganizationIsOneLineWhateverItIsCalled() throws Exception {
        try (FakeVeeam veeam =
                FakeVeeam.start().on("POST /v7/token", Answer.TOKEN).on("GET /v7/Organizations", Answer.json("""
                        [{"id":"a","name":"A\\u001b[2J\\r\\ngood: run would poll all of this"},{"id":"b\\nc"}]
                        """))) {
            assertThat(check(veeam))
                    .contains(
                            "  would poll organization A [2J good: run would poll all of this (a)",
                            "  would poll organization without a name (b c)")
                    .noneMatch(line -> line.contains("\u001b"))
                    .containsOnlyOnce("good: run would poll all of this")
                    .endsWith("good: run would poll all of this");
        }
    }

    private List<String> check(FakeVeeam veeam) throws Exception {
        Path config = Files.writeString(directory.resolve("jobtrail.properties"), """
                source.veeam.url=%s
                source.veeam.api-version=v7
                source.veeam.username=reader
                source.veeam.password=secret
                database.url=%s
                database.username=%s
                database.password=%s
                kafka.bootstrap-servers=%s
                data.directory=%s
                """.formatted(
                        veeam.url(),
                        database.url(),
                        database.username(),
                        database.password(),
                        kafka.bootstrapServers(),
                        directory));
        var bytes = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            new CommandLine(new CheckCommand()).execute("--config", config.toString());
            return bytes.toString(StandardCharsets.UTF_8).lines().toList();
        } finally {
            System.setOut(stdout);
        }
    }
}
