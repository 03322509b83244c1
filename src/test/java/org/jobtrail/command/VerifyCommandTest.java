package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a script is told where a ledger cannot even be looked at: that nothing was verified, not that something broke. */
class VerifyCommandTest {

    @TempDir
    Path directory;

    private record Said(int exitCode, String output) {}

    @Test
    void withASettingThatCannotWorkNothingIsVerified() throws Exception {
        Said said = said("--config", config("poll.period=often").toString());

        assertThat(said.exitCode()).isEqualTo(30);
        assertThat(said.output()).startsWith("could not verify: poll.period (POLL_PERIOD) is \"often\"");
    }

    @Test
    void withoutTheFileOfSettingsNothingIsVerified() throws Exception {
        Path missing = directory.resolve("missing.properties");

        Said said = said("--config", missing.toString());

        assertThat(said.exitCode()).isEqualTo(30);
        assertThat(said.output()).startsWith("could not verify: --config names " + missing);
    }

    @Test
    void withServersThatDoNotStartNothingIsVerified() throws Exception {
        Path below = Files.createFile(directory.resolve("file")).resolve("data");

        Said said = said("--config", config("data.directory=" + below).toString());

        assertThat(said.exitCode()).isEqualTo(30);
        assertThat(said.output()).startsWith("could not verify: The data directory %s cannot be used".formatted(below));
    }

    @Test
    void ofWhatIsYetToComeNothingIsVerified() throws Exception {
        Path config = config("""
                database.url=jdbc:postgresql://127.0.0.1:1/none
                database.username=nobody
                kafka.bootstrap-servers=127.0.0.1:1
                """);

        assertThat(said("--from", "2999-01-01", "--config", config.toString()))
                .isEqualTo(new Said(
                        30, "could not verify: --from 2999-01-01 is yet to come: expected a moment in the past"));
    }

    @Test
    void theDocumentSaysSoToo() throws Exception {
        Said said = said("--json", "--config", config("poll.period=often").toString());

        assertThat(said.exitCode()).isEqualTo(30);
        JsonNode report = new ObjectMapper().readTree(said.output());
        assertThat(report.path("exitCode").asInt()).isEqualTo(30);
        assertThat(report.path("verdict").asText()).startsWith("could not verify: poll.period (POLL_PERIOD)");
    }

    private Path config(String line) throws Exception {
        return Files.writeString(directory.resolve("jobtrail.properties"), line);
    }

    /** All that is on stdout. */
    private static Said said(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            int exitCode = new CommandLine(new VerifyCommand()).execute(arguments);
            return new Said(exitCode, bytes.toString(StandardCharsets.UTF_8).strip());
        } finally {
            System.setOut(stdout);
        }
    }
}
