package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jobtrail.support.TestSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'pa55 w0rd','pa55 w0rd'",
                "'pa55 w0rd\n','pa55 w0rd'",
                "'pa55 w0rd\r\n','pa55 w0rd'",
                "'pa55 w0rd\r','pa55 w0rd'",
                "'\uFEFFpa55 w0rd\n','pa55 w0rd'",
                "' pa55 ',' pa55 '",
                "'pa55\n\n','pa55\n'"
            })
    void aPasswordFileMayHoldWhatAnEditorAdds(String content, String password) throws IOException {
        assertThat(inFile(content).toTry(NOW).password()).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n", "\uFEFF", "\uFEFF\n"})
    void anEmptyPasswordFileIsNamed(String content) throws IOException {
        assertThatThrownBy(() -> inFile(content).toTry(NOW))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("source.east.password-file")
                .hasMessageContaining("is empty");
    }

    @Test
    void aPasswordFileThatIsGoneIsNamed() {
        assertThatThrownBy(
                        () -> credentials("reader", directory.resolve("gone")).toTry(NOW))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("source.east.password-file")
                .hasMessageContaining("gone");
    }

    @Test
    void aPasswordFileInAnotherEncodingIsNamedWithoutWhatStandsInIt() throws IOException {
        Path file = Files.write(directory.resolve("latin1"), "pa55\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> credentials("reader", file).toTry(NOW))
                .hasMessageContaining("not UTF-8")
                .hasMessageNotContaining("pa55");
    }

    @Test
    void aPasswordThatWasChangedInItsFileIsTriedAtOnceAndTheOldOneIsNot() throws IOException {
        Credentials credentials = inFile("old");
        credentials.toTry(NOW);
        credentials.refused(400, NOW);
        assertThatThrownBy(() -> credentials.toTry(NOW.plusSeconds(19))).hasMessageContaining("password-file; next");

        write("new");
        assertThat(credentials.toTry(NOW.plusSeconds(1)).password()).isEqualTo("new");

        write("old");
        assertThatThrownBy(() -> credentials.toTry(NOW.plusSeconds(2))).isInstanceOf(LoginException.class);
        assertThatCode(() -> credentials.toTry(NOW.plusSeconds(20))).doesNotThrowAnyException();
    }

    @Test
    void anotherPasswordThatIsRefusedToWaitsFromTheBeginning() throws IOException {
        Credentials credentials = inFile("old");
        credentials.toTry(NOW);
        credentials.refused(400, NOW);
        credentials.toTry(NOW.plusSeconds(20));
        assertThat(credentials.refused(400, NOW.plusSeconds(20))).hasMessageEndingWith("10:01:00Z");

        write("new");
        credentials.toTry(NOW.plusSeconds(30));

        assertThat(credentials.refused(400, NOW.plusSeconds(30))).hasMessageEndingWith("10:00:50Z");
    }

    private Credentials inFile(String content) throws IOException {
        return credentials("reader", write(content));
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("password"), content);
    }

    private static Credentials credentials(String username, Path file) {
        return new Credentials(
                TestSource.named("east").username(username).passwordFile(file).settings());
    }
}
