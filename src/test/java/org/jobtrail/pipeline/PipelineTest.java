package org.jobtrail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jobtrail.checkpoint.Checkpoint;
import org.jobtrail.checkpoint.Heads;
import org.jobtrail.simulator.Simulator;
import org.jobtrail.simulator.SimulatorOptions;
import org.jobtrail.support.Await;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Program;
import org.jobtrail.support.ProgramSettings;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, against the simulator, PostgreSQL and Kafka. */
@ExtendWith(RealServers.class)
class PipelineTest {

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;
    private Simulator simulator;

    PipelineTest(PostgresServer server, KafkaServer kafka) throws SQLException {
        this.database = server.emptyDatabase();
        this.kafka = kafka;
    }

    @BeforeEach
    void startSimulator() throws IOException {
        // The same world whenever this runs: where an organization's only copy job is deleted meanwhile, the poll is
        // PARTIAL.
        var night =
                Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), Instant.parse("2026-03-03T01:00:00Z")));
        simulator = Simulator.start(SimulatorOptions.defaults()
                .withOrganizations(2)
                .withJobsPerOrganization(5)
                .withClock(night));
        Files.writeString(certificate(), simulator.certificatePem());
    }

    @AfterEach
    void stopSimulator() {
        simulator.close();
    }

    @Test
    void runOnceRecordsEachJobOnceAndPublishesEachRowOnce() throws Exception {
        Map<String, String> settings = settings("once");

        runOnce(settings);
        Object rows = database.value("select count(*) from jobtrail.job_history");
        assertThat(database.value("select count(*) from jobtrail.job_history where change_kind = 'created'"))
                .isEqualTo(database.value("select jobs::bigint from jobtrail.poll_receipt"));
        runOnce(settings);

        assertThat((Long) database.value("select count(*) from jobtrail.job_history"))
                .isGreaterThanOrEqualTo((Long) rows);
        assertThat(database.rows("""
                        select organization_id, job_id from jobtrail.job_history where change_kind = 'created'
                        group by organization_id, job_type, job_id having count(*) > 1
                        """)).isEmpty();
        assertThat(database.column("select outcome from jobtrail.poll_receipt order by seq"))
                .containsExactly("COMPLETE", "COMPLETE");
        assertTopicIsTheHistory("once.events");
        assertLastCheckpointCoversAll("once.checkpoints");
    }

    @Test
    void numbersAreThoseThatProgramsReadWhateverTheLocale() throws Exception {
        Map<String, String> settings = settings("locale");
        settings.put("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG");
        settings.put("POLL_SHARED", "true");
        settings.put("KAFKA_TOPIC_SHARES", "locale.shares");

        runOnce(settings);

        assertThat(database.column("select distinct outcome from jobtrail.poll_receipt"))
                .containsExactly("COMPLETE");
    }

    @Test
    void theTopicToRepublishToIsTheOneOfTheCommandNotThatOfTheEnvironment() throws Exception {
        Map<String, String> settings = settings("again");
        runOnce(settings);

        try (Program program = Program.start(settings, "republish", "--to", "again.events.2")) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.lastLine())
                    .endsWith("events are on topic again.events.2: set kafka.topic.events to it before the next start");
        }
        assertTopicIsTheHistory("again.events.2");
    }

    @Test
    void aCheckpointThatCannotBeTakenIsInTheSummaryAndCostsNoEvent() throws Exception {
        Map<String, String> settings = settings("unsigned");
        Files.writeString(Path.of(settings.get("CHECKPOINT_FILE")), "another's\n");

        try (Program program = Program.start(settings, "run", "--once")) {
            assertThat(program.exitCode()).as(program.output()).isEqualTo(1);
            assertThat(program.lastLine())
                    .contains("; everything is published; NO checkpoint taken: checkpoint.file names ");
        }
        assertTopicIsTheHistory("unsigned.events");
    }

    @Test
    void aWrongPasswordEndsWithASummaryThatSaysSo() throws Exception {
        Map<String, String> settings = settings("refused");
        settings.put("SOURCE_VEEAM_PASSWORD", "not the password");

        try (Program program = Program.start(settings, "run", "--once")) {
            assertThat(program.exitCode()).isNotZero();
            assertThat(program.output()).contains("credentials refused").doesNotContain("not the password", "\tat ");
            assertThat(program.lastLine()).startsWith("polled 1 source").contains("1 source FAILED");
        }
        assertThat(database.value("select reason from jobtrail.poll_receipt"))
                .asString()
                .startsWith("credentials refused");
    }

    @Test
    void checkSaysWhichExcludedOrganizationTheServerDoesNotListAndIsGoodAllTheSame() throws Exception {
        Map<String, String> settings = settings("check");
        settings.put("SOURCE_VEEAM_ORGANIZATIONS_EXCLUDE", "nobody.example.com");

        try (Program program = Program.start(settings, "check")) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output())
                    .contains(
                            "source.veeam.organizations.exclude names \"nobody.example.com\", which the server does not"
                                    + " list");
        }
    }

    @Test
    void runServesHealthAndMetricsAndEndsWellWhenItIsTold() throws Exception {
        try (Program program = Program.start(settings("continuous"), "run")) {
            String url = program.await(Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)/observe/health"));
            program.await(Pattern.compile("(polled source )"));

            assertThat(get(url + "/observe/health/live").statusCode()).isEqualTo(200);
            assertThat(awaitOk(url + "/observe/health/ready").body()).contains("\"UP\"");
            assertThat(awaitOk(url + "/observe/health").body()).contains("veeam");
            HttpResponse<String> metrics = get(url + "/observe/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body())
                    .contains("jobtrail_cycle_seconds_bucket{source=\"veeam\"")
                    .contains("jobtrail_jobs_seen_total{source=\"veeam\"}")
                    .contains("jobtrail_changes_total{kind=\"created\"}")
                    .contains("jobtrail_unpublished_rows");
            assertThat(get(url + "/observe/health").body()).contains("checkpoints");
            awaitMetrics(url + "/observe/metrics", documentedMetrics());

            program.terminate();
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output()).doesNotContain("\tat ");
        }
        assertTopicIsTheHistory("continuous.events");
    }

    @Test
    void aDatabaseThatAnswersAndTakesNoWritesMakesTheProgramUnreadyUntilItDoes() throws Exception {
        try (Program program = Program.start(settings("full"), "run")) {
            String url = program.await(Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)/observe/health"));
            program.await(Pattern.compile("(polled source )"));
            assertThat(awaitOk(url + "/observe/health/ready").body()).contains("\"UP\"");
            var whole =
                    (String) database.value("select pg_get_functiondef('jobtrail.open_attempt(text)'::regprocedure)");
            database.execute("""
                    create or replace function jobtrail.open_attempt(p_source text) returns table (attempt bigint, started_at text)
                        language plpgsql security definer set search_path = jobtrail, pg_temp as $$
                    begin
                        raise exception 'could not extend file "base/5/1": No space left on device' using errcode = '53100';
                    end $$
                    """);

            program.await(Pattern.compile("(no attempt could be made)"));

            HttpResponse<String> ready = get(url + "/observe/health/ready");
            String reason = "no attempt could be made: PostgreSQL has no space left: make room on its disk (";
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"reason\" : \"source veeam: " + reason);
            assertThat(get(url + "/observe/health").body())
                    .contains("\"lastOutcome\" : \"not recorded\"", "\"reason\" : \"" + reason);

            database.execute(whole);
            assertThat(awaitOk(url + "/observe/health/ready").body()).contains("\"UP\"");
        }
    }

    /** Those that the README names, but for the ones that come with {@code poll.shared}. */
    private static Set<String> documentedMetrics() throws IOException {
        String row = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| `/observe/metrics` |"))
                .findFirst()
                .orElseThrow();
        return names("(jobtrail_[a-z_]+)", row.replace("jobtrail_shares_total", ""));
    }

    /** Some are there only when what they count has happened. */
    private static void awaitMetrics(String url, Set<String> expected) throws Exception {
        var found = new HashSet<String>();
        Await.until(Duration.ofSeconds(60), () -> "%s, but %s".formatted(expected, found), () -> {
            found.clear();
            found.addAll(names("# TYPE (jobtrail_[a-z_]+?)(?:_max)? ", get(url).body()));
            return found.equals(expected);
        });
    }

    private static Set<String> names(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void runOnce(Map<String, String> settings) throws Exception {
        try (Program program = Program.start(settings, "run", "--once")) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.lastLine())
                    .startsWith("polled 1 source, 2 organizations, ")
                    .endsWith("; everything is published");
        }
    }

    private void assertLastCheckpointCoversAll(String topic) throws SQLException {
        List<Checkpoint> checkpoints = kafka.committedRecords(topic).stream()
                .map(record -> Checkpoint.parse(new String(record.value(), StandardCharsets.UTF_8)))
                .toList();
        Checkpoint last = checkpoints.get(checkpoints.size() - 1);
        assertThat(last.number()).isEqualTo(checkpoints.size());
        assertThat(last.organizations().stream().map(Heads.Organization::hash))
                .containsExactlyInAnyOrderElementsOf(
                        database.column("select encode(last_hash, 'hex') from jobtrail.organization_head").stream()
                                .map(String.class::cast)
                                .toList());
        assertThat(last.receipts()).extracting(Heads.Receipts::seq).containsExactly(2L);
        assertThat(database.value("select count(*) from jobtrail.checkpointed")).isEqualTo(2L);
    }

    private void assertTopicIsTheHistory(String topic) throws SQLException {
        Map<String, ConsumerRecord<String, byte[]>> records = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : kafka.committedRecords(topic)) {
            assertThat(records.put(header(record, "ce_id"), record))
                    .as("no event twice")
                    .isNull();
        }
        List<Map<String, Object>> rows = database.rows("""
                select *, encode(hash, 'hex') as id, jobtrail.iso(observed_at) as time, convert_to(payload, 'UTF8') as bytes
                from jobtrail.job_history
                """);
        assertThat(rows)
                .isNotEmpty()
                .extracting(row -> row.get("id"))
                .containsExactlyInAnyOrderElementsOf(records.keySet());
        rows.forEach(row -> assertEvent(records.get(row.get("id")), row));
    }

    private static void assertEvent(ConsumerRecord<String, byte[]> record, Map<String, Object> row) {
        String organization = (String) row.get("organization_id");
        assertThat(record.value()).isEqualTo((byte[]) row.get("bytes"));
        assertThat(headers(record))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("ce_[a-z]+|content-type"))
                .contains("ce_previoushash", "ce_salt");
        assertThat(headers(record).contains("ce_rawdigest")).isEqualTo(row.get("raw_digest") != null);
        assertThat(record.key()).isEqualTo(organization + "/" + row.get("job_id"));
        assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(record, "ce_source")).isEqualTo("/jobtrail/veeam");
        assertThat(header(record, "ce_type")).isEqualTo("org.jobtrail.job." + row.get("change_kind") + ".v1");
        assertThat(header(record, "ce_time")).isEqualTo(row.get("time"));
        assertThat(header(record, "ce_subject"))
                .isEqualTo(organization + "/" + row.get("job_type") + "/" + row.get("job_id"));
        assertThat(header(record, "ce_dataschema")).startsWith("https://");
        assertThat(header(record, "ce_sequence")).isEqualTo("%019d".formatted((Long) row.get("seq")));
        assertThat(header(record, "content-type")).isEqualTo("application/json");
        assertThat(header(record, "ce_epoch")).isEqualTo("" + row.get("epoch"));
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** The names of a record's headers, each of which may stand there once. */
    private static List<String> headers(ConsumerRecord<String, byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .map(Header::key)
                .toList();
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    /** The publisher may need a moment more than the first poll. */
    private static HttpResponse<String> awaitOk(String url) throws Exception {
        var response = new AtomicReference<HttpResponse<String>>();
        Await.until(Duration.ofSeconds(60), () -> "200, but " + response.get().body(), () -> {
            response.set(get(url));
            return response.get().statusCode() == 200;
        });
        return response.get();
    }

    private Path certificate() {
        return directory.resolve("certificate.pem");
    }

    private Map<String, String> settings(String topics) {
        return ProgramSettings.of(database, kafka, topics, simulator.url().toString(), certificate());
    }
}
