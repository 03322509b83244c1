package org.jobtrail.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * One wrong value for each setting that {@code application.properties} names, however it is given: the program does not start,
 * and says which setting it was, by both of its names, and what it expected.
 */
class EverySettingTest {
    private static final Pattern SETTING = Pattern.compile("#?([a-z][a-z0-9<>*.-]*)=.*");
    private static final String SECRET = "Tr0ub4dor&3";

    /** Of these any text may be right, and only the server can tell: nothing about them can be refused at the start. */
    private static final Map<String, String> FREE_TEXT =
            Map.of("kafka.transactional-id", "an id of the operator's choosing; Kafka takes any text");

    @TempDir
    Path directory;

    /** A wrong value, by the name under which the operator gives it, and what the sentence must say was expected. */
    private record Wrong(String name, Map<String, String> settings, String expected) {}

    private Map<String, Wrong> wrong() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");
        var wrong = new TreeMap<String, Wrong>();
        source(wrong, "url", "http://vb365.example.com:4443", "https");
        source(wrong, "api-version", "v9", "auto or v1 to v8");
        source(wrong, "username", "", "the account that reads the jobs");
        source(wrong, "password", "", "a password or a password file");
        source(wrong, "password-file", directory.resolve("none").toString(), "a file that this account can read");
        source(wrong, "ca-certificate", directory.toString(), "a file that this account can read");
        source(wrong, "trust-store", directory.resolve("none.p12").toString(), "a file that this account can read");
        source(wrong, "organizations.include", " , ", "names or ids, with commas");
        source(wrong, "organizations.exclude", ",", "names or ids, with commas");
        source(wrong, "concurrency", "257", "a whole number from 1 to 256");
        value(wrong, "poll.period", "5 minutes", "a duration from 1s to 3650d, such as 5s, 2m or 24h");
        value(wrong, "poll.concurrency", "0", "a whole number from 1 to 256");
        value(wrong, "poll.deadline", "10ms", "a duration from 1s to 3650d");
        value(wrong, "poll.shared", "yes", "expected true or false");
        value(wrong, "absence.missing-after", "three", "a whole number from 1 to 1000");
        value(wrong, "absence.suspect-for", "-24h", "a duration from 1s to 3650d");
        value(wrong, "report.time-zone", "UTC+2", "the name of a time zone, such as UTC or Europe/Berlin");
        value(wrong, "database.url", "jdbc:postgresql://db:port/jobtrail", "a URL such as jdbc:postgresql://");
        value(wrong, "database.username", "", "the account that writes the history");
        with(wrong, "database.password", Map.of("database.url", "", "database.username", ""), "both");
        with(wrong, "database.migration.username", Map.of("database.migration.password", SECRET), "both or neither");
        with(
                wrong,
                "database.migration.password",
                Map.of(
                        "database.url", "",
                        "database.username", "",
                        "database.password", "",
                        "database.migration.password", SECRET),
                "both");
        value(wrong, "kafka.bootstrap-servers", "broker-1:9092,broker-2", "host:port, or several with commas");
        value(wrong, "kafka.topic.events", "job events", "a topic's name");
        value(wrong, "kafka.topic.cursor", "jobtrail.job-events", "another topic than kafka.topic.events");
        value(wrong, "kafka.topic.checkpoints", "jobtrail.publisher-cursor", "another topic than those of");
        value(wrong, "kafka.topic.state", "jobtrail.checkpoints", "another topic than those of");
        value(wrong, "kafka.topic.shares", "a topic", "letters, digits, dot, underscore and dash");
        value(wrong, "kafka.topic.partitions", "-1", "a whole number from 1 to 10000");
        wrong.put(
                "kafka.client.*",
                new Wrong(
                        "kafka.client.sasl.pasword",
                        Map.of("kafka.client.sasl.pasword", SECRET),
                        "a setting of theirs, by Kafka's name"));
        value(wrong, "event.max-bytes", "900 GB", "a size from 10000 to 100000000 bytes, such as 900kB");
        value(wrong, "checkpoint.key-file", directory.toString(), "the path of a file");
        value(wrong, "checkpoint.file", directory.toString(), "the path of a file");
        value(wrong, "checkpoint.period", "hourly", "a duration from 1s to 3650d");
        value(wrong, "http.host", "256.256.256.256", "an address to listen on");
        value(wrong, "http.port", "65536", "a whole number from 0 to 65535");
        value(wrong, "data.directory", file.toString(), "the path of a directory");
        return wrong;
    }

    @Test
    void hasAWrongValueInTheTableAbove() throws IOException {
        var covered = new TreeSet<>(wrong().keySet());
        covered.addAll(FREE_TEXT.keySet());

        assertThat(covered).isEqualTo(namesInApplicationProperties());
        assertThat(FREE_TEXT.keySet()).doesNotContainAnyElementsOf(wrong().keySet());
    }

    @Test
    void isRightInTheConfigurationThatTheWrongValuesGoInto() throws IOException {
        assertThatCode(() -> inFile(right())).doesNotThrowAnyException();
        assertThatCode(() -> inEnvironment(right())).doesNotThrowAnyException();
    }

    @TestFactory
    Stream<DynamicTest> isRefusedInTheFileByBothOfItsNames() throws IOException {
        return wrong().values().stream()
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> refused(one, () -> inFile(with(one)))));
    }

    @TestFactory
    Stream<DynamicTest> isRefusedInTheEnvironmentByBothOfItsNames() throws IOException {
        return wrong().values().stream()
                .map(one -> DynamicTest.dynamicTest(
                        InvalidSettingException.environmentVariable(one.name()),
                        () -> refused(one, () -> inEnvironment(with(one)))));
    }

    private static void refused(Wrong wrong, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        InvalidSettingException refusal = catchThrowableOfType(InvalidSettingException.class, reading);

        assertThat(refusal).as("a refusal of " + wrong.name()).isNotNull();
        assertThat(refusal)
                .hasMessageStartingWith("%s (%s) ", wrong.name(), variable(wrong.name()))
                .hasMessageContaining("expected ")
                .hasMessageContaining(wrong.expected())
                .hasMessageNotContaining(SECRET)
                .hasMessageNotContaining("\n");
    }

    private Settings inFile(Map<String, String> settings) throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        Path file = directory.resolve("jobtrail.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return new SettingsReader(PropertyLookup.of(new Properties(), Map.of(), file)).read();
    }

    private static Settings inEnvironment(Map<String, String> settings) {
        var environment = new LinkedHashMap<String, String>();
        settings.forEach((name, value) -> environment.put(variable(name), value));
        return new SettingsReader(PropertyLookup.of(new Properties(), environment, null)).read();
    }

    /** Written out here, and not asked of the code, as an operator would: upper case, and _ for what is no letter. */
    private static String variable(String name) {
        return name.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static Map<String, String> right() {
        return Map.of(
                "source.east.url", "https://vb365.example.com:4443",
                "source.east.username", "BACKUP\\reader",
                "source.east.password", SECRET,
                "database.url", "jdbc:postgresql://db:5432/jobtrail",
                "database.username", "jobtrail",
                "database.password", SECRET,
                "kafka.bootstrap-servers", "broker:9092",
                "kafka.client.ssl.key.password", SECRET);
    }

    private static Map<String, String> with(Wrong wrong) {
        var settings = new LinkedHashMap<>(right());
        settings.putAll(wrong.settings());
        if (wrong.name().endsWith("password-file")) {
            settings.remove("source.east.password");
        }
        return settings;
    }

    private static void value(Map<String, Wrong> wrong, String name, String value, String expected) {
        with(wrong, name, Map.of(name, value), expected);
    }

    private static void with(Map<String, Wrong> wrong, String name, Map<String, String> settings, String expected) {
        wrong.put(name, new Wrong(name, settings, expected));
    }

    private static void source(Map<String, Wrong> wrong, String property, String value, String expected) {
        String name = "source.east." + property;
        wrong.put("source.<name>." + property, new Wrong(name, Map.of(name, value), expected));
    }

    private static Set<String> namesInApplicationProperties() throws IOException {
        var names = new TreeSet<String>();
        try (var reader = new BufferedReader(new InputStreamReader(
                EverySettingTest.class.getResourceAsStream("/application.properties"), StandardCharsets.UTF_8))) {
            reader.lines()
                    .map(SETTING::matcher)
                    .filter(java.util.regex.Matcher::matches)
                    .forEach(line -> names.add(line.group(1)));
        }
        assertThat(names).hasSizeGreaterThan(20);
        return names;
    }
}
