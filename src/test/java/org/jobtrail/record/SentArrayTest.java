package org.jobtrail.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RealServers.class)
class SentArrayTest {

    private final TestDatabase database;

    SentArrayTest(PostgresServer server) throws SQLException {
        database = server.emptyDatabase();
    }

    static Stream<List<String>> texts() {
        return Stream.of(
                List.of(),
                List.of(""),
                Collections.singletonList(null),
                Arrays.asList("a", null, "{\"b\":\"\\\\,{}\"}", "NULL", " \n\t'", "組🚀é", "x".repeat(100_000)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void postgresqlReadsEveryTextAsItIs(List<String> texts) throws Exception {
        assertThat(sent(array(texts), "binary")).containsExactlyElementsOf(texts);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void soItDoesOverAConnectionThatSendsText(List<String> texts) throws Exception {
        assertThat(sent(array(texts), "text")).containsExactlyElementsOf(texts);
    }

    @Test
    void aPartOfLargerBytesIsSentAlone() throws Exception {
        var array = SentArray.ofTexts();
        array.add(ByteBuffer.wrap("before, text, after".getBytes(UTF_8), 8, 4));

        assertThat(sent(array, "binary")).containsExactly("text");
        assertThat(array.get(0)).isEqualTo("text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "text"})
    void bytesAndTruthValuesAreSentAsWhatTheyAre(String form) throws Exception {
        SentArray bytes = SentArray.ofBytes();
        bytes.add(new byte[] {0, -1, '"', '\\'});
        bytes.add((byte[]) null);
        bytes.add(new byte[0]);
        SentArray truths = SentArray.ofBooleans();
        truths.add(true);
        truths.add((Boolean) null);
        truths.add(false);

        assertThat(sent(bytes, form, "select encode(unnest(?::bytea[]), 'hex')"))
                .containsExactly("00ff225c", null, "");
        assertThat(sent(truths, form, "select unnest(?::boolean[])::text")).containsExactly("true", null, "false");
    }

    private static SentArray array(List<String> texts) {
        var array = SentArray.ofTexts();
        texts.stream()
                .map(text -> text == null ? null : ByteBuffer.wrap(text.getBytes(UTF_8)))
                .forEach(array::add);
        return array;
    }

    private List<String> sent(SentArray array, String form) throws SQLException {
        return sent(array, form, "select unnest(?::text[])");
    }

    private List<String> sent(SentArray array, String form, String query) throws SQLException {
        Settings.Database settings = database.settings();
        var properties = new Properties();
        properties.setProperty("user", settings.username());
        properties.setProperty("password", settings.password());
        if (form.equals("text")) {
            properties.setProperty("binaryTransfer", "false");
        }
        try (var connection = DriverManager.getConnection(settings.url(), properties);
                var statement = connection.prepareStatement(query)) {
            statement.setObject(1, array);
            var values = new ArrayList<String>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    values.add(row.getString(1));
                }
            }
            return values;
        }
    }
}
