package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Program;
import org.jobtrail.support.ProgramSettings;
import org.jobtrail.support.RawServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestCertificate;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Passwords and tokens are nowhere, whatever goes wrong and however much is logged. All of them hold one word, and signs that look
 * different in each encoding: where the word is found, a secret is.
 */
@ExtendWith(RealServers.class)
class SecretsTest {

    private static final String WORD = "Kanarienvogel";
    private static final String SIGNS = "\u00fc \"+/\\%&=";

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();

    SecretsTest(PostgresServer server, KafkaServer kafka) throws SQLException {
        this.database = server.emptyDatabase();
        this.kafka = kafka;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    @Test
    void noSecretIsInLogsDatabaseTopicsMetricsOrHealthAtTrace() throws Exception {
        configure();
        addSources();
        Path log = directory.resolve("log.txt");
        String logback = everythingTo(log);

        try (Program program = Program.startLogging(logback, settings)) {
            String port = program.await(Pattern.compile("http://127.0.0.1:(\\d+)/observe/health"));
            awaitThePolls();
            String observed = get(port, "/observe/health") + get(port, "/observe/metrics");
            program.terminate();

            assertThat(program.exitCode()).isZero();
            assertNoSecret("health and metrics", observed.lines());
            assertNoSecret("output", program.output().lines());
        }
        assertNoSecret("log", log);
        assertNoSecret("database", contentOfTheDatabase());
        assertNoSecret("topics", contentOfTheTopics());
    }

    @Test
    void noSecretIsInWhatCheckSaysOfWrongOnes() throws Exception {
        configure();
        addSources();
        settings.put("DATABASE_PASSWORD", WORD + "-wrong" + SIGNS);
        // One after the other: those that take their time would take it here.
        settings.keySet().removeIf(name -> name.matches("SOURCE_(SLOW|HANGING|BROKEN|BROKENLOGIN|NOBODY)_.*"));
        Path log = directory.resolve("log.txt");

        try (Program program = Program.startLogging(everythingTo(log), settings, "check")) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.output())
                    .contains(
                            "source refused at",
                            "database at",
                            "database.password (DATABASE_PASSWORD) is refused by PostgreSQL");
            assertNoSecret("output", program.output().lines());
        }
        assertNoSecret("log", log);
    }

    @Test
    void aConfigurationThatIsReadAgainDoesNotBringTheRequestsBack() throws Exception {
        var context = new LoggerContext();
        SecretLoggers.silence(context);
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.reset();
        configurator.doConfigure(
                Path.of(everythingTo(directory.resolve("log.txt"))).toFile());

        assertThat(context.getLogger("org.apache.hc.client5.http.wire").isErrorEnabled())
                .isFalse();
        assertThat(context.getLogger("org.apache.hc.client5.http.headers").isErrorEnabled())
                .isFalse();
        assertThat(context.getLogger("org.apache.hc.client5.http").isTraceEnabled())
                .isTrue();
        context.stop();
    }

    /** As an operator may configure it, who wants to know all. */
    private String everythingTo(Path log) throws IOException {
        return Files.writeString(directory.resolve("trace.xml"), """
                <configuration>
                  <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
                  <appender name="file" class="ch.qos.logback.core.FileAppender">
                    <file>%s</file>
                    <encoder><pattern>%%level %%logger: %%msg %%mdc%%n%%ex{full}</pattern></encoder>
                  </appender>
                  <appender name="stderr" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder><pattern>%%level %%logger: %%msg%%n</pattern></encoder>
                  </appender>
                  <logger name="jobtrail"><appender-ref ref="stderr"/></logger>
                  <logger name="org.apache.hc.client5.http.wire" level="TRACE"/>
                  <logger name="org.apache.hc.client5.http.headers" level="TRACE"/>
                  <root level="TRACE"><appender-ref ref="file"/></root>
                </configuration>
                """.formatted(log))
                .toString();
    }

    private void configure() throws SQLException {
        String password = WORD + "-database" + SIGNS;
        // Roles are of the whole server.
        String role = "canary_" + System.nanoTime();
        database.execute("create role %2$s login superuser password '%1$s'".formatted(password, role));
        settings.putAll(ProgramSettings.of(database, kafka, "secrets", "", directory.resolve("none.pem")));
        settings.keySet().removeIf(name -> name.startsWith("SOURCE_"));
        // As bin/jobtrail has it: a password in the environment may hold an umlaut.
        settings.put("LC_ALL", "C.UTF-8");
        settings.put("DATABASE_USERNAME", role);
        settings.put("DATABASE_PASSWORD", password);
        settings.put("KAFKA_CLIENT_SSL_KEY_PASSWORD", WORD + "-key" + SIGNS);
        settings.put(
                "KAFKA_CLIENT_SASL_JAAS_CONFIG",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"%s\";"
                        .formatted(WORD + "-sasl"));
        settings.put("POLL_DEADLINE", "2s");
    }

    private void addSources() throws Exception {
        var certificate = TestCertificate.create(directory);
        FakeVeeam good = FakeVeeam.startWithTls(certificate.tls());
        source("good", good, token("good-1", 1), token("good-2", 1), token("good-3", 1));
        settings.put("SOURCE_GOOD_CA_CERTIFICATE", certificate.pem().toString());
        settings.remove("SOURCE_GOOD_PASSWORD");
        Path password = Files.writeString(directory.resolve("password"), WORD + "-file" + SIGNS + "\n");
        settings.put("SOURCE_GOOD_PASSWORD_FILE", password.toString());
        lists(good);

        // Says the same organizations are its own: PostgreSQL raises an error.
        lists(source("twin", FakeVeeam.start(), token("twin", 3600)));
        source("untrusted", FakeVeeam.startWithTls(certificate.tls()), token("untrusted", 3600));
        source("refused", FakeVeeam.start(), echo(400, "refused"));
        source("refusedtwice", FakeVeeam.start(), token("rt", 1), echo(400, "rt"), echo(401, "rt"));
        source("late", FakeVeeam.start(), token("late", 3600))
                .on("GET /v7/Organizations", echo(401, "late").with("WWW-Authenticate", "Bearer " + WORD));
        source("broken", FakeVeeam.start(), token("broken", 3600))
                .on("GET /v7/Organizations", echo(500, "broken").with("Retry-After", "1"));
        source("brokenlogin", FakeVeeam.start(), echo(503, "brokenlogin"));
        source("redirected", FakeVeeam.start(), token("redirected", 3600))
                .on("GET /v7/Organizations", echo(302, "x").with("Location", "http://127.0.0.1/?token=" + WORD));
        source("cut", FakeVeeam.start(), Answer.json("{\"access_token\":\"" + WORD + "-cut"));
        source("page", FakeVeeam.start(), Answer.html("<html>" + WORD));
        source("tokenless", FakeVeeam.start(), Answer.json("{\"refresh_token\":\"%s\"}".formatted(WORD)));
        source("split", FakeVeeam.start(), Answer.json("{\"access_token\":\"%s\\r\\nX: y\"}".formatted(WORD)));
        source("odd", FakeVeeam.start(), token("odd", 3600))
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"" + WORD));
        source("oddpage", FakeVeeam.start(), token("odd", 3600))
                .on("GET /v7/Organizations", Answer.html("<html>" + WORD));
        RawServer slow = RawServer.start()
                .on("POST /v7/token", RawServer.json("{\"access_token\":\"%s-slow\"}".formatted(WORD)))
                .on("GET /v7/Organizations", RawServer::nothing);
        servers.add(slow);
        account("slow", slow.url());
        RawServer hanging = RawServer.start().on("POST /v7/token", RawServer::nothing);
        servers.add(hanging);
        account("hanging", hanging.url());
        account("nobody", URI.create("http://127.0.0.1:1"));
    }

    private FakeVeeam source(String name, FakeVeeam veeam, Answer... tokens) {
        servers.add(veeam);
        account(name, veeam.url());
        return veeam.on("POST /v7/token", tokens);
    }

    private void account(String name, URI url) {
        String prefix = "SOURCE_" + name.toUpperCase(Locale.ROOT) + "_";
        settings.put(prefix + "URL", url.toString());
        settings.put(prefix + "API_VERSION", "v7");
        settings.put(prefix + "USERNAME", "reader");
        settings.put(prefix + "PASSWORD", WORD + "-" + name + SIGNS);
    }

    private static void lists(FakeVeeam veeam) {
        veeam.on("GET /v7/Organizations", Answer.file("v7-organizations.json"))
                .on("GET /v7/CopyJobs", Answer.json("[]"))
                .on(
                        "GET /v7/Organizations/3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01/Jobs",
                        Answer.file("v7-jobs-north.json"))
                .on(
                        "GET /v7/Organizations/9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02/Jobs",
                        Answer.file("v7-jobs-south.json"));
    }

    private static Answer token(String name, int seconds) {
        return Answer.json(
                "{\"access_token\":\"%1$s-%2$s/+=\",\"refresh_token\":\"%1$s-%2$s \\u0022+\",\"expires_in\":%3$d}"
                        .formatted(WORD, name, seconds));
    }

    /** A server that repeats what it was sent. */
    private static Answer echo(int status, String name) {
        byte[] body = "{\"error\":\"%s-%s\"}".formatted(WORD, name).getBytes(StandardCharsets.UTF_8);
        return new Answer(status, "application/json", body);
    }

    /** Each source once, and the good one until its token has been renewed. */
    private void awaitThePolls() throws Exception {
        long sources = settings.keySet().stream()
                .filter(name -> name.endsWith("_API_VERSION"))
                .count();
        String polled = "select count(distinct source) = ? and count(*) filter (where source = 'good') > 2"
                + " from jobtrail.poll_receipt";
        await(() -> database.value("select to_regclass('jobtrail.poll_receipt') is not null")
                .equals(true));
        await(() -> database.value(polled, sources).equals(true));
        await(() -> !kafka.committedRecords("secrets.events").isEmpty());
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        Await.until(Duration.ofSeconds(90), () -> "what the test waits for", condition);
    }

    private static String get(String port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private Stream<String> contentOfTheDatabase() throws SQLException {
        List<String> content = new ArrayList<>();
        for (Object table : database.column(
                "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('jobtrail', 'report', 'public')")) {
            for (Object row : database.column("select t::text from %s t".formatted(table))) {
                content.add(table + " " + row);
            }
        }
        assertThat(content).hasSizeGreaterThan(50);
        return content.stream();
    }

    private Stream<String> contentOfTheTopics() {
        return Stream.of("secrets.events", "secrets.cursor")
                .flatMap(topic -> kafka.committedRecords(topic).stream())
                .map(event -> event.key() + " " + event.headers() + " "
                        + (event.value() == null ? "" : new String(event.value(), StandardCharsets.UTF_8))
                        + Arrays.stream(event.headers().toArray())
                                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                                .toList());
    }

    private static void assertNoSecret(String where, Path log) throws IOException {
        assertThat(Files.size(log)).isGreaterThan(1_000_000);
        try (Stream<String> lines = Files.lines(log)) {
            assertNoSecret(where, lines);
        }
    }

    private static void assertNoSecret(String where, Stream<String> text) {
        List<String> disguises = disguises();
        assertThat(text.filter(line -> disguises.stream().anyMatch(line::contains))
                        .limit(20))
                .as(where)
                .isEmpty();
    }

    /** The word as it is, which is also how a URL and JSON write it, and in base64 wherever it begins. */
    private static List<String> disguises() {
        List<String> disguises = new ArrayList<>(List.of(WORD));
        for (int before = 0; before < 3; before++) {
            String encoded =
                    Base64.getEncoder().encodeToString(("x".repeat(before) + WORD).getBytes(StandardCharsets.US_ASCII));
            int whole = (before + WORD.length()) * 8 / 6;
            disguises.add(encoded.substring((before * 8 + 5) / 6, whole));
        }
        return disguises;
    }

    @Test
    void aSecretInDisguiseIsFound() {
        String secret = "user:" + WORD + SIGNS;
        for (String before : List.of("", "a", "ab")) {
            String encoded = Base64.getEncoder().encodeToString((before + secret).getBytes(StandardCharsets.UTF_8));
            assertThat(disguises()).anyMatch(encoded::contains);
        }
        assertThat(URLEncoder.encode(secret, StandardCharsets.UTF_8)).contains(WORD);
    }
}
