package org.jobtrail.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.sql.DriverManager;
import java.sql.SQLException;
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

@ExtendWith(RealServers.class)
class TextArrayTest {

    private final TestDatabase database;

    TextArrayTest(PostgresServer server) throws SQLException {
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
        var array = new TextArray();
        array.add(ByteBuffer.wrap("before, text, after".getBytes(UTF_8), 8, 4));

        assertThat(sent(array, "binary")).containsExactly("text");
        assertThat(array.get(0)).isEqualTo("text");
    }

    private static TextArray array(List<String> texts) {
        var array = new TextArray();
        texts.stream()
                .map(text -> text == null ? null : ByteBuffer.wrap(text.getBytes(UTF_8)))
                .forEach(array::add);
        return array;
    }

    private String[] sent(TextArray array, String form) throws SQLException {
        Settings.Database settings = database.settings();
        var properties = new Properties();
        properties.setProperty("user", settings.username());
        properties.setProperty("password", settings.password());
        if (form.equals("text")) {
            properties.setProperty("binaryTransfer", "false");
        }
        try (var connection = DriverManager.getConnection(settings.url(), properties);
                var statement = connection.prepareStatement("select ?::text[]")) {
            statement.setObject(1, array);
            try (var row = statement.executeQuery()) {
                row.next();
                return (String[]) row.getArray(1).getArray();
            }
        }
    }
}
