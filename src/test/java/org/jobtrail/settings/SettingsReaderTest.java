package org.jobtrail.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jobtrail.settings.Settings.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    private static final String SECRET = "pa55/w0rd@%";

    @TempDir
    Path directory;

    private final Properties system = new Properties();

    @Test
    void nothingConfiguredIsTheDefaultsAndNoServer() throws IOException {
        Settings settings = read("", Map.of());

        assertThat(settings.sources()).isEmpty();
        assertThat(settings.database()).isEmpty();
        assertThat(settings.kafka()).isEmpty();
        assertThat(settings.poll().period()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.absence().suspectFor()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.eventMaxBytes()).isEqualTo(900_000);
        assertThat(settings.http().host()).isEqualTo("127.0.0.1");
    }

    @Test
    void aSystemPropertyBeatsTheEnvironmentThatBeatsTheFileThatBeatsTheEmbeddedThatBeatsTheDefault()
            throws IOException {
        var environment = Map.of("POLL_PERIOD", "4s", "POLL_DEADLINE", "4m");
        system.setProperty("poll.period", "5s");
        Path file = file("poll.period=3s\npoll.deadline=3m\nabsence.missing-after=30\n");
        PropertyLookup lookup = PropertyLookup.of(system, environment, file)
                .withEmbedded(Map.of(
                        "poll.period", "2s",
                        "poll.deadline", "2m",
                        "absence.missing-after", "20",
                        "poll.concurrency", "200"));

        Settings settings = new SettingsReader(lookup).read();

        assertThat(settings.poll().period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.poll().deadline()).isEqualTo(Duration.ofMinutes(4));
        assertThat(settings.absence().missingAfter()).isEqualTo(30);
        assertThat(settings.poll().concurrency()).isEqualTo(200);
        assertThat(settings.topics().partitions()).isEqualTo(12);
    }

    @Test
    void blanksAroundAValueAreNoneOfItButThoseOfAPasswordAre() throws IOException {
        system.setProperty("database.password", " of the database ");
        String file = """
                source.east.url=https://east.example.com\s
                source.east.username=reader\s\s
                source.east.password=\\u0020of the source\s
                database.url=jdbc:postgresql://db/jobtrail
                database.username=jobtrail
                database.migration.username=owner
                database.migration.password=of the owner\\u0020
                """;

        Settings settings = read(file, Map.of());

        assertThat(settings.sources().get(0).url()).hasToString("https://east.example.com");
        assertThat(settings.sources().get(0).username()).isEqualTo("reader");
        assertThat(settings.sources().get(0).password()).contains(" of the source ");
        assertThat(settings.database().orElseThrow().password()).isEqualTo(" of the database ");
        assertThat(settings.database().orElseThrow().migrationPassword()).isEqualTo("of the owner ");
    }

    @Test
    void anEmptyValueIsNone() throws IOException {
        assertThat(read("poll.period=7s\n", Map.of("POLL_PERIOD", "")).poll().period())
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void whoSharesThePollingDoesSoThroughTopicsOfItsOwn() {
        String source =
                "source.jobs.url=https://hq\nsource.jobs.username=u\nsource.jobs.password=p\npoll.shared=true\n";

        assertThatThrownBy(() -> read(source + "kafka.topic.cursor=second.cursor\n", Map.of()))
                .hasMessageContaining("kafka.topic.shares")
                .hasMessageContaining("as kafka.topic.cursor has one");
        assertThatThrownBy(() -> read(source + "kafka.topic.shares=jobtrail\n", Map.of()))
                .hasMessageContaining("kafka.topic.shares")
                .hasMessageContaining("with .jobs behind it is no other topic's");
    }

    @Test
    void aSettingOfKafkasClientsHasTheSamePrecedence() throws IOException {
        system.setProperty("kafka.client.security.protocol", "SSL");
        String file = """
                kafka.bootstrap-servers=broker:9092
                kafka.client.security.protocol=PLAINTEXT
                kafka.client.client.id=from-the-file
                kafka.client.linger.ms=5
                """;

        Settings settings = read(
                file, Map.of("KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_SSL", "KAFKA_CLIENT_CLIENT_ID", " from-outside "));

        assertThat(settings.kafka().orElseThrow().client())
                .containsOnly(
                        entry("security.protocol", "SSL"), entry("client.id", "from-outside"), entry("linger.ms", "5"));
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.client.transactional.id, kafka.transactional-id",
        "kafka.client.bootstrap.servers, kafka.bootstrap-servers",
        "kafka.client.enable.idempotence, exactly once depends on it",
        "kafka.client.acks, exactly once depends on it",
        "kafka.client.isolation.level, exactly once depends on it",
        "kafka.client.value.serializer, exactly once depends on it"
    })
    void whatExactlyOnceRestsOnIsNotForTheOperatorToSet(String name, String said) {
        assertThatThrownBy(() -> read("kafka.bootstrap-servers=broker:9092\n" + name + "=x\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(said);
    }

    @Test
    void aValueThatKafkasClientsWouldRefuseIsRefusedAtTheStart() {
        assertThatThrownBy(() ->
                        read("kafka.bootstrap-servers=broker:9092\nkafka.client.security.protocol=TLS\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("kafka.client.security.protocol (KAFKA_CLIENT_SECURITY_PROTOCOL)")
                .hasMessageContaining("SASL_SSL");
    }

    @ParameterizedTest
    @CsvSource({
        "false, max.in.flight.requests.per.connection=10, must be set to at most 5",
        "false, retries=0, Must set retries to non-zero",
        "false, transaction.two.phase.commit.enable=true, Cannot set transaction.timeout.ms",
        "true, group.protocol=consumer, cannot be set when group.protocol=",
        "true, heartbeat.interval.ms=20000, 'heartbeat.interval.ms, 20000, must be lower than session.timeout.ms, 10000'",
        "true, session.timeout.ms=1000, 'heartbeat.interval.ms, 1000, must be lower than session.timeout.ms, 1000'"
    })
    void aValueThatDoesNotGoWithWhatKafkasClientsAreToldAnywayIsRefusedAtTheStart(
            boolean shared, String setting, String said) {
        String name = "kafka.client." + setting.replaceFirst("=.*", "");
        String file = "kafka.bootstrap-servers=broker:9092\npoll.shared=%s\nkafka.client.client.id=x\nkafka.client.%s\n"
                .formatted(shared, setting);

        assertThatThrownBy(() -> read(file, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(
                        "%s (%s) does not go with what Jobtrail tells Kafka's clients: expected no value, or one that does: ",
                        name, InvalidSettingException.environmentVariable(name))
                .hasMessageContaining(said);
    }

    @Test
    void ofSeveralThatAreGoodForEachOtherTheOneIsNamedThatIsInTheWay() {
        assertThatThrownBy(() -> read("""
                        kafka.bootstrap-servers=broker:9092
                        poll.shared=true
                        kafka.client.heartbeat.interval.ms=20000
                        kafka.client.max.in.flight.requests.per.connection=10
                        kafka.client.session.timeout.ms=60000
                        """, Map.of()))
                .hasMessageStartingWith("kafka.client.max.in.flight.requests.per.connection (");
    }

    @ParameterizedTest
    @CsvSource({
        "false, group.protocol=consumer, client.id=x",
        "false, heartbeat.interval.ms=20000, client.id=x",
        "true, heartbeat.interval.ms=20000, session.timeout.ms=60000",
        "true, max.in.flight.requests.per.connection=1, retries=3"
    })
    void valuesThatGoWithWhatKafkasClientsAreToldAnywayAreTheOperatorsToChoose(boolean shared, String one, String other)
            throws IOException {
        String file = "kafka.bootstrap-servers=broker:9092\npoll.shared=%s\nkafka.client.%s\nkafka.client.%s\n"
                .formatted(shared, one, other);

        assertThat(read(file, Map.of()).kafka().orElseThrow().client()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "delivery.timeout.ms=5000, linger.ms=0, delivery.timeout.ms, 'is 5000, which is less than linger.ms and request.timeout.ms together, 10000'",
        "delivery.timeout.ms=20000, request.timeout.ms=30000, delivery.timeout.ms, 'is 20000, which is less than linger.ms and request.timeout.ms together, 31000'",
        "default.api.timeout.ms=8000, request.timeout.ms=9000, default.api.timeout.ms, 'is 8000, which is less than request.timeout.ms, 9000'"
    })
    void timeoutsThatKafkasClientsWouldRefuseTogetherAreRefusedAtTheStart(
            String one, String other, String named, String said) {
        String file = "kafka.bootstrap-servers=broker:9092\nkafka.client.%s\nkafka.client.%s\n".formatted(one, other);

        assertThatThrownBy(() -> read(file, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("kafka.client." + named)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource({
        "client.id=x, 20000, 30000",
        "request.timeout.ms=30000, 31000, 41000",
        "request.timeout.ms=2147483647, 2147483647, 900000",
        "delivery.timeout.ms=120000, 120000, 130000",
        "delivery.timeout.ms=3600000, 3600000, 900000"
    })
    void nobodyEndsATransactionBeforeItsRecordsAreGivenUp(String setting, long delivery, long transaction)
            throws IOException {
        KafkaTimeouts timeouts = read("kafka.bootstrap-servers=broker:9092\nkafka.client." + setting + "\n", Map.of())
                .kafka()
                .orElseThrow()
                .timeouts();

        assertThat(timeouts.delivery().toMillis()).isEqualTo(delivery);
        assertThat(timeouts.transaction().toMillis()).isEqualTo(transaction);
    }

    @Test
    void aSourceIsFoundByItsVariableAndNamedWithDashes() throws IOException {
        Settings settings = read(
                "",
                Map.of(
                        "SOURCE_EAST_1_URL", "https://east.example.com:4443/",
                        "SOURCE_EAST_1_USERNAME", "BACKUP\\reader",
                        "SOURCE_EAST_1_PASSWORD", SECRET,
                        "SOURCE_EAST_1_ORGANIZATIONS_INCLUDE", "contoso.com, fabrikam.com,"));

        Source east = settings.sources().get(0);
        assertThat(settings.sources()).hasSize(1);
        assertThat(east.name()).isEqualTo("east-1");
        assertThat(east.url()).hasToString("https://east.example.com:4443");
        assertThat(east.password()).contains(SECRET);
        assertThat(east.apiVersion()).isEqualTo("auto");
        assertThat(east.include()).isEqualTo(List.of("contoso.com", "fabrikam.com"));
    }

    @Test
    void aVariableFillsInWhatTheFileLeavesOpen() throws IOException {
        Settings settings = read(
                "source.east-1.url=https://east.example.com\nsource.east-1.username=reader\n",
                Map.of("SOURCE_EAST_1_PASSWORD", SECRET));

        assertThat(settings.sources()).extracting(Source::password).containsExactly(java.util.Optional.of(SECRET));
    }

    @Test
    void whatAnEditorAddsToTheFileAndWhoeverSetsAVariableAddsToAValueDoesNotCount() throws IOException {
        Settings settings = read(
                "\uFEFFsource.east.url=https://east.example.com\nsource.east.password=%s\n".formatted(SECRET),
                Map.of("SOURCE_EAST_USERNAME", " reader "));

        assertThat(settings.sources()).extracting(Source::username).containsExactly("reader");
    }

    @Test
    void aBackslashThatMadeAnotherCharacterOfTheNextIsNoticed() {
        assertThatThrownBy(() ->
                        read(source("https://east.example.com") + "\nsource.east.username=BACKUP\\reader\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("source.east.username (SOURCE_EAST_USERNAME) has a control character in ")
                .hasMessageEndingWith("there, a backslash is written twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BACKUP\\svc",
                "BACKUP\\Administrator",
                "svc\\-reader",
                "svc\\\"reader",
                "BACKUP\\\\\\svc",
                "reader\\",
                "BACKUP\\\\reader\\",
                "reader\\|source.east.concurrency=2"
            })
    void aSingleBackslashThatWouldBeGoneIsRefusedWithItsLine(String username) {
        String file = "poll.period=5s\n\n# BACKUP\\svc\n\nsource.east.username=" + username.replace('|', '\n');

        assertThatThrownBy(() -> read(file, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(
                        "source.east.username (SOURCE_EAST_USERNAME) has a single backslash in line 5 of " + directory)
                .hasMessageEndingWith(": there, a backslash is written twice");
    }

    @ParameterizedTest
    @CsvSource({
        "BACKUP\\\\svc, BACKUP\\svc",
        "BACKUP\\\\\\\\svc, BACKUP\\\\svc",
        "svc\\:\\=\\#\\!\\ \\u0041, svc:=#! A",
        "reader\\\\, reader\\"
    })
    void aBackslashThatIsWrittenTwiceIsOneAndSoIsWhatPropertiesEscape(String written, String username)
            throws IOException {
        String file = "source.east.url=https://east.example.com\nsource.east.username=%s\nsource.east.password=%s\n"
                .formatted(written, SECRET);

        assertThat(read(file, Map.of()).sources()).extracting(Source::username).containsExactly(username);
    }

    @Test
    void whatIsLongMayGoOnInTheNextLine() throws IOException {
        Settings settings = read(source("https://east.example.com") + """

                        source.east.organizations.include=\\
                          a,\\
                        # b
                        kafka.bootstrap-servers=a:9092,\\
                          b:9092
                        kafka.client.sasl.jaas.config=org.example.Module required \\
                        username=\\"x\\" \\
                        password="y";
                        poll.period=7s
                        """, Map.of());

        assertThat(settings.sources().get(0).include()).containsExactly("a", "# b");
        assertThat(settings.kafka().orElseThrow().bootstrapServers()).isEqualTo("a:9092,b:9092");
        assertThat(settings.kafka().orElseThrow().client())
                .containsEntry("sasl.jaas.config", "org.example.Module required username=\"x\" password=\"y\";");
        assertThat(settings.poll().period()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void notAllThatAreIncludedMayBeExcluded() throws IOException {
        String include = source("https://east.example.com") + "\nsource.east.organizations.include=a,Contoso\n";

        assertThatThrownBy(() -> read(include + "source.east.organizations.exclude=contoso,b,a\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("source.east.organizations.exclude (SOURCE_EAST_ORGANIZATIONS_EXCLUDE) names all that"
                        + " source.east.organizations.include names: nobody would be polled");
        assertThat(read(include + "source.east.organizations.exclude=contoso,b\n", Map.of())
                        .sources())
                .hasSize(1);
    }

    @Test
    void aVariableThatLooksLikeASettingAndIsNoneIsStrange() {
        Map<String, String> environment = new java.util.HashMap<>();
        for (String variable : List.of(
                "ABSENCE_MISSING_AFER",
                "KAFKA_TOPIC_EVENT",
                "KAFKA_TOPIC_EVENTS",
                "DATABASE_PASSWRD",
                "DATABASE_PASSWORD",
                "DATABASE_MIGRATION_USERNAME",
                "POLL_PERIOD",
                "CHECKPOINT_FILE",
                "KAFKA_BOOTSTRAP_SERVER",
                "KAFKA_BOOTSTRAP_SERVERS",
                "KAFKA_TRANSACTIONALID",
                "KAFKA_HOME",
                "HTTP_PROXY")) {
            environment.put(variable, "x");
        }

        assertThat(new SettingsReader(PropertyLookup.of(new Properties(), environment, null)).strangeVariables())
                .containsExactly(
                        "ABSENCE_MISSING_AFER",
                        "DATABASE_PASSWRD",
                        "KAFKA_BOOTSTRAP_SERVER",
                        "KAFKA_TOPIC_EVENT",
                        "KAFKA_TRANSACTIONALID");
    }

    @ParameterizedTest
    @CsvSource({
        "SOURCE_HQ_USRNAME, source.hq.usrname",
        "SOURCE_HQ_ORGANIZATION_INCLUDE, source.hq.organization-include",
        "SOURCE_HQ_NORTH_CACERTIFICATE, source.hq-north.cacertificate",
        "SOURCE_EAST_PASSWORT, source.east.passwort"
    })
    void aVariableOfASourceThatIsNoSettingIsRefused(String variable, String name) {
        assertThatThrownBy(() -> read(source("https://east.example.com"), withTwoMore(variable, SECRET)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "%s (%s) is not a setting of a source: expected one of the table in the README",
                        name, variable);
    }

    @ParameterizedTest
    @CsvSource({
        "SOURCE_WEST_PASSWORD, source.west.url (SOURCE_WEST_URL)",
        "SOURCE_WEST_API_VERSION, source.west.url (SOURCE_WEST_URL)",
        "SOURCE_HQ_SOUTH_USERNAME, source.hq-south.url (SOURCE_HQ_SOUTH_URL)",
        "SOURCE_HQ_NORTH_2_PASSWORD_FILE, source.hq-north-2.url (SOURCE_HQ_NORTH_2_URL)"
    })
    void aVariableOfASourceWithoutAnAddressIsRefused(String variable, String url) {
        assertThatThrownBy(() -> read(source("https://east.example.com"), withTwoMore(variable, SECRET)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("%s is not set, but %s is: expected both", url, variable);
    }

    @ParameterizedTest
    @CsvSource({
        "SOURCE_DATE_EPOCH, 1",
        "SOURCE_URL, https://git.example.com",
        "SOURCE_PASSWORD_FILE, x",
        "SOURCEHQ_USRNAME, x",
        "SOURCE_WEST_PASSWORD, ''",
        "SOURCE_HQ_USRNAME, ''",
        "SOURCE_EAST_API_VERSION, v8",
        "SOURCE_HQ_NORTH_ORGANIZATIONS_EXCLUDE, x"
    })
    void anyOtherVariableIsNotOurs(String variable, String value) throws IOException {
        assertThat(read(source("https://east.example.com"), withTwoMore(variable, value))
                        .sources())
                .extracting(Source::name)
                .containsExactly("east", "hq", "hq-north");
    }

    /** Beside the source of the file: hq and hq-north. */
    private static Map<String, String> withTwoMore(String variable, String value) {
        var environment = new java.util.HashMap<String, String>();
        for (String name : List.of("HQ", "HQ_NORTH")) {
            environment.put("SOURCE_%s_URL".formatted(name), "https://hq.example.com");
            environment.put("SOURCE_%s_USERNAME".formatted(name), "reader");
            environment.put("SOURCE_%s_PASSWORD".formatted(name), SECRET);
        }
        environment.put(variable, value);
        return environment;
    }

    @ParameterizedTest
    @CsvSource({
        "1s, PT1S",
        "90s, PT1M30S",
        "2m, PT2M",
        "24h, PT24H",
        "7d, PT168H",
        "1500ms, PT1.5S",
        "5 s, PT5S",
        "3650d, PT87600H"
    })
    void aDurationIsANumberAndItsUnit(String text, Duration duration) throws IOException {
        assertThat(read("poll.period=" + text, Map.of()).poll().period()).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5", "s", "1.5s", "-1s", "1w", "1S", "999ms", "0s", "3651d", "9999999999s", "1s 5s", "PT1S"})
    void anyOtherDurationIsRefused(String text) {
        assertThatThrownBy(() -> read("poll.period=" + text, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("\"%s\"", text);
    }

    @ParameterizedTest
    @CsvSource({"10000, 10000", "10 kB, 10000", "900kB, 900000", "1MB, 1000000", "100MB, 100000000", "20000B, 20000"})
    void aSizeIsANumberOfBytesOrOfThousandsOrMillionsOfThem(String text, int bytes) throws IOException {
        assertThat(read("event.max-bytes=" + text, Map.of()).eventMaxBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999", "101MB", "1GB", "900KB", "1.5MB", "-1", "999999999MB", "MB"})
    void anyOtherSizeIsRefused(String text) {
        assertThatThrownBy(() -> read("event.max-bytes=" + text, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("\"%s\"", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:4443", "http://127.0.0.1:4443", "http://[::1]:4443", "https://10.0.0.1"})
    void aUrlIsHttpsOrOnLoopback(String url) throws IOException {
        assertThat(read(source(url), Map.of()).sources().get(0).url()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://vb365.example.com",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "http://10.0.0.1:4443",
                "ftp://localhost",
                "vb365.example.com:4443",
                "https://",
                "https://vb365.example.com:65536",
                "https://vb365.example.com:0",
                "https://vb365.example.com:4443/v8/",
                "https://vb365.example.com/?a=b",
                "https://vb365.example.com/#a",
                "https://vb365 .example.com",
                "https://{{host}}"
            })
    void anyOtherUrlIsRefused(String url) {
        assertThatThrownBy(() -> read(source(url), Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("source.east.url (SOURCE_EAST_URL)")
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://reader:" + SECRET + "@vb365.example.com",
                "http://reader:" + SECRET + "@vb365.example.com",
                "https://vb365.example.com/?password=" + SECRET,
                "reader:" + SECRET + "@vb365//"
            })
    void aPasswordInTheUrlOfASourceIsNotRepeated(String url) {
        assertThatThrownBy(() -> read(source(url), Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageNotContaining("pa55")
                .hasMessageNotContaining("w0rd");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://jobtrail:" + SECRET + "@db/jobtrail",
                "postgresql://jobtrail:" + SECRET + "@db/jobtrail",
                "jdbc:postgresql://db/jobtrail?user=jobtrail&password=" + SECRET,
                "jdbc:postgresql://db/jobtrail?sslpassword=" + SECRET,
                "jdbc:mysql://db/jobtrail?password=" + SECRET
            })
    void aPasswordInTheUrlOfTheDatabaseIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> read("database.url=" + url + "\ndatabase.username=jobtrail\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("database.url (DATABASE_URL)")
                .hasMessageNotContaining("pa55")
                .hasMessageNotContaining("w0rd");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:99999/jobtrail, a URL such as jdbc:postgresql://",
        "jdbc:postgresql://db:0/jobtrail, a URL such as jdbc:postgresql://",
        "jdbc:postgresql://db-1:5432;db-2:65536/jobtrail, a URL such as jdbc:postgresql://",
        "jdbc:postgresql://db/job%ztrail, a URL such as jdbc:postgresql://",
        "jdbc:postgresql://db/jobtrail?sslmode=banana, the sslmode disable;"
    })
    void aUrlOfTheDatabaseThatItsDriverWouldNeverConnectByIsRefusedAtTheStartInOurWordsOnly(
            String url, String expected) {
        PrintStream stderr = System.err;
        var written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true));
        Handler handler = new ConsoleHandler();
        Logger.getLogger("").addHandler(handler);
        try {
            assertThatThrownBy(() -> read(
                            "database.url=%s\ndatabase.username=jobtrail\n".formatted(url.replace(';', ',')), Map.of()))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageStartingWith(
                            "database.url (DATABASE_URL) is \"%s\": expected %s",
                            url.replace(';', ','), expected.replace(';', ','));
        } finally {
            Logger.getLogger("").removeHandler(handler);
            System.setErr(stderr);
        }
        assertThat(written).asString().isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/jobtrail",
                "jdbc:postgresql:///jobtrail",
                "jdbc:postgresql://db-1,db-2:5433/jobtrail?loadBalanceHosts=true&ssl=true",
                "jdbc:postgresql://db/jobtrail?sslmode=REQUIRE",
                "jdbc:postgresql://db:5432/jobtrail?sslmode=verify-full&targetServerType=primary",
                "jdbc:postgresql://db-1:5432,db-2:5433/jobtrail",
                "jdbc:postgresql://[::1]:5432/jobtrail"
            })
    void aDatabaseIsNamedByTheUrlOfItsDriver(String url) throws IOException {
        Settings settings = read("database.url=" + url + "\ndatabase.username=jobtrail\n", Map.of());

        assertThat(settings.database().orElseThrow().url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:9092", "a:9092,b:9093", "a:9092, b:9093", "[::1]:9092,[fe80::1]:9092", "10.0.0.1:65535"})
    void kafkaIsNamedByHostsAndPorts(String servers) throws IOException {
        assertThat(read("kafka.bootstrap-servers=" + servers, Map.of())
                        .kafka()
                        .orElseThrow()
                        .bootstrapServers())
                .isEqualTo(servers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a:", "a:0", "a:65536", "a:9092,", "a:9092;b:9092", "kafka://a:9092", "::1:9092", ","})
    void anyOtherNameOfKafkaIsRefused(String servers) {
        assertThatThrownBy(() -> read("kafka.bootstrap-servers=" + servers, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("kafka.bootstrap-servers (KAFKA_BOOTSTRAP_SERVERS)");
    }

    @Test
    void aPasswordBesideTheHostsOfKafkaIsNotRepeated() {
        assertThatThrownBy(() -> read("kafka.bootstrap-servers=a:9092,reader:" + SECRET + "@b:9092\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("kafka.bootstrap-servers (KAFKA_BOOTSTRAP_SERVERS)")
                .hasMessageContaining("b:9092")
                .hasMessageNotContaining("pa55")
                .hasMessageNotContaining("w0rd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll.peroid", "Poll.period", "source.east", "source..url", "kafka.client", "database"})
    void aNameInTheFileThatIsNoSettingIsRefused(String name) {
        assertThatThrownBy(() -> read(name + "=5s\n", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(name + " (")
                .hasMessageContaining("is not a setting");
    }

    @Test
    void aNameThatIsNoSettingOfASourceIsRefused() {
        assertThatThrownBy(() -> read("source.east.passwort=" + SECRET, Map.of()))
                .hasMessageStartingWith("source.east.passwort (SOURCE_EAST_PASSWORT) is not a setting of a source")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void aSourceIsNamedInLowerCase() {
        assertThatThrownBy(() -> read("source.East_1.url=https://east.example.com", Map.of()))
                .hasMessageContaining("source \"East_1\": expected [a-z0-9-]+");
    }

    @Test
    void aPasswordIsGivenOnce() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), SECRET);

        assertThatThrownBy(() ->
                        read(source("https://east.example.com") + "\nsource.east.password-file=" + password, Map.of()))
                .hasMessageContaining("source.east.password (SOURCE_EAST_PASSWORD)")
                .hasMessageContaining("both set")
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\uFEFF"})
    void aPasswordFileWithoutAPasswordIsSaidAtTheStart(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), content);
        String settings = "source.east.url=https://east.example.com\nsource.east.username=reader\n";

        assertThatThrownBy(() -> read(settings + "source.east.password-file=" + file, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("source.east.password-file (SOURCE_EAST_PASSWORD_FILE) names " + file)
                .hasMessageContaining("which is empty");
    }

    @Test
    void whomToTrustIsSaidOnce() throws IOException {
        Path file = Files.writeString(directory.resolve("trusted"), "");

        assertThatThrownBy(() -> read(
                        source("https://east.example.com")
                                + "\nsource.east.ca-certificate=%1$s\nsource.east.trust-store=%1$s\n".formatted(file),
                        Map.of()))
                .hasMessageContaining("both set: expected one");
    }

    @Test
    void anAccountOfTheDatabaseWithoutItsUrlIsNotTheEmbeddedDatabase() {
        assertThatThrownBy(() -> read("", Map.of("DATABASE_USERNAME", "jobtrail")))
                .hasMessage("database.username (DATABASE_USERNAME) is set, but database.url is not: expected both");
    }

    @Test
    void whereNobodyElseMigratesTheWriterDoes() throws IOException {
        var database = read(
                        "database.url=jdbc:postgresql://db/jobtrail\ndatabase.username=writer\ndatabase.password=w\n",
                        Map.of())
                .database()
                .orElseThrow();

        assertThat(database.migrationUsername()).isEqualTo("writer");
        assertThat(database.migrationPassword()).isEqualTo("w");
    }

    @Test
    void twoDeploymentsWithTopicsOfTheirOwnDoNotFenceEachOther() throws IOException {
        assertThat(read("kafka.bootstrap-servers=a:1\nkafka.topic.cursor=mine\n", Map.of())
                        .kafka()
                        .orElseThrow()
                        .transactionalId())
                .isEqualTo("mine");
    }

    @Test
    void keyAndFileOfCheckpointsAreInTheDataDirectoryWhereNothingElseIsSaid() throws IOException {
        assertThat(read("data.directory=there\n", Map.of()).checkpoint())
                .isEqualTo(new Settings.Checkpoint(
                        Path.of("there/checkpoint-key.pem"), Path.of("there/checkpoints.jws"), Duration.ofMinutes(10)));
        assertThat(read("checkpoint.key-file=/safe/key.pem\ncheckpoint.file=/worm/jws\n", Map.of())
                        .checkpoint())
                .isEqualTo(new Settings.Checkpoint(
                        Path.of("/safe/key.pem"), Path.of("/worm/jws"), Duration.ofMinutes(10)));
        assertThatThrownBy(() -> read("checkpoint.key-file=one\ncheckpoint.file=./one\n", Map.of()))
                .hasMessageStartingWith("checkpoint.file (CHECKPOINT_FILE) ")
                .hasMessageContaining("another file than checkpoint.key-file");
    }

    @Test
    void noSecretIsInAnyTextForm() throws IOException {
        String kafka = """
                kafka.bootstrap-servers=broker:9092
                kafka.client.ssl.key.password=pa55-kafka
                """;
        String database = """
                database.url=jdbc:postgresql://db/jobtrail
                database.username=writer
                database.password=pa55-writer
                database.migration.username=owner
                database.migration.password=pa55-owner
                """;

        Settings settings = read(source("https://east.example.com") + "\n" + kafka + database, Map.of());

        assertThat(settings.toString()).contains("east.example.com").doesNotContain("pa55");
        assertThat(settings.sources().toString()).doesNotContain("pa55");
        assertThat(settings.database().toString()).doesNotContain("pa55");
        assertThat(settings.kafka().toString()).doesNotContain("pa55");
    }

    @Test
    void aFileThatCannotBeReadIsSaidByTheOptionThatNamesIt() {
        assertThatThrownBy(() -> PropertyLookup.of(system, Map.of(), directory.resolve("none.properties")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("--config names ")
                .hasMessageContaining("none.properties");
    }

    private static String source(String url) {
        return "source.east.url=%s\nsource.east.username=reader\nsource.east.password=%s".formatted(url, SECRET);
    }

    private Settings read(String file, Map<String, String> environment) throws IOException {
        return new SettingsReader(PropertyLookup.of(system, environment, file(file))).read();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("jobtrail.properties"), text);
    }
}
