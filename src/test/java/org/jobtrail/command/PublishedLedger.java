package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.record.Erasure;
import org.jobtrail.recover.FromTopic;
import org.jobtrail.recover.NewEpoch;
import org.jobtrail.recover.Recovery;
import org.jobtrail.recover.Republication;
import org.jobtrail.recover.Way;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL, Kafka and a server that lists what it is told to: one organization or two, published by runs in this process. */
@ExtendWith(RealServers.class)
abstract class PublishedLedger {

    static final Answer TWO =
            Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"},{\"id\":\"west\",\"name\":\"West Ltd\"}]");
    static final String JOBS = "GET /v7/Organizations/east/Jobs";
    private static int topics;

    @TempDir
    Path directory;

    final PostgresServer postgres;
    final KafkaServer kafka;
    final String prefix = "published-" + ++topics;
    final List<String> told = new ArrayList<>();
    TestDatabase database;
    FakeVeeam veeam;
    String events = prefix + ".events";

    PublishedLedger(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.postgres = postgres;
        this.kafka = kafka;
        this.database = postgres.migratedDatabase();
    }

    @BeforeEach
    void startServer() throws Exception {
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"}]"));
    }

    @AfterEach
    void stopServer() {
        veeam.close();
    }

    /** Two rows, a copy, and three rows more, which the copy does not have. */
    TestDatabase backUpAndGoOn(String status) throws Exception {
        list("Success", "a", "b");
        run();
        TestDatabase copy = postgres.copyOf(database);
        list(status.equals("Success") ? "Failed" : status, "a", "b", "c");
        run();
        assertThat(rows()).isEqualTo(5);
        assertTopicIsTheHistory();
        return copy;
    }

    void list(String status, String... ids) {
        veeam.on(JOBS, listed(status, ids));
    }

    static Answer listed(String status, String... ids) {
        var jobs = new StringBuilder();
        for (String id : ids) {
            jobs.append(jobs.isEmpty() ? "[" : ",")
                    .append("{\"id\":\"%s\",\"name\":\"Job %s\",\"isEnabled\":true,\"lastStatus\":\"%s\"}"
                            .formatted(id, id, status));
        }
        return Answer.json(jobs + "]");
    }

    void run() throws Exception {
        SingleRun.Result run = runOnce();
        assertThat(run.exitCode()).as(run.summary()).isZero();
    }

    SingleRun.Result runOnce() throws Exception {
        return new SingleRun(settings(), Path.of("").toAbsolutePath()).run();
    }

    /** A program that goes on; whether it publishes already is not waited for. */
    Engine begin(Polls polls) throws Exception {
        var engine = new Engine(settings(), Path.of("").toAbsolutePath(), polls, cycle -> {});
        engine.migrate();
        engine.startRoutes();
        engine.startPublishing();
        return engine;
    }

    /** Waits until the publisher says this of itself; nothing, where it publishes. */
    static void await(Engine engine, Optional<String> problem) throws Exception {
        Await.until(
                Duration.ofMinutes(2),
                () -> "waits for %s, the publisher says %s"
                        .formatted(problem, engine.publisher().problem()),
                () -> engine.publisher().problem().equals(problem));
    }

    /** Says so and publishes nothing. */
    void assertHalted(String reason) throws Exception {
        List<String> before = identities();
        SingleRun.Result run = runOnce();
        assertThat(run.exitCode()).as(run.summary()).isEqualTo(1);
        assertThat(run.summary()).contains("HALTED", reason);
        assertThat(database.column("select halted from jobtrail.publication where halted is not null"))
                .anySatisfy(halted -> assertThat(halted).asString().startsWith(reason));
        assertThat(identities()).isSubsetOf(before);
    }

    boolean recoverFromTopic() throws Exception {
        return recover(new FromTopic());
    }

    boolean newEpoch() throws Exception {
        return recover(new NewEpoch());
    }

    boolean recover(Way way) throws Exception {
        return recover(way, "east");
    }

    boolean recover(Way way, String organization) throws Exception {
        try (var real = new Database(settings().database().orElseThrow(), 1)) {
            return new Recovery(real, clients(), settings(), told::add).recover(way, Optional.of(organization));
        }
    }

    void erase(String job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            assertThat(erasure.erase("east", null, job)).isPresent();
        }
    }

    void createPartitions(String topic, int count) throws Exception {
        try (Admin admin = clients().admin()) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count)))
                    .all()
                    .get();
        }
    }

    /** The state topic ends before where it ended. */
    void loseStates() throws SQLException {
        assertThat(database.column("update jobtrail.topic_end set end_offset = end_offset + 10 where topic_id in"
                        + " (select state_topic_id from jobtrail.publication) returning partition"))
                .isNotEmpty();
    }

    void republish(String topic) throws Exception {
        republish(topic, told::add);
    }

    void republish(String topic, Consumer<String> teller) throws Exception {
        Settings there = settings().withEvents("--to", topic);
        try (var engine = new Engine(there, Path.of("").toAbsolutePath(), Polls.NEVER, cycle -> {})) {
            engine.startRoutes();
            new Republication(
                            engine.pipeline().context(),
                            engine.database(),
                            engine.clients(),
                            there,
                            Path.of("").toAbsolutePath(),
                            teller)
                    .republish();
        }
    }

    void assertTopicIsTheHistory() throws Exception {
        List<String> rows =
                database
                        .rows("select encode(hash, 'hex') as hash, payload from jobtrail.job_history order by seq")
                        .stream()
                        .map(row -> row.get("hash") + " " + row.get("payload"))
                        .toList();
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(rows);
    }

    /** The last record of each key against the last row of each job. */
    void assertStatesAreTheHistory() throws Exception {
        var states = new LinkedHashMap<String, String>();
        kafka.committedRecords(prefix + ".state").forEach(record -> {
            states.remove(record.key());
            if (record.value() != null) {
                states.put(record.key(), new String(record.value(), StandardCharsets.UTF_8));
            }
        });
        var expected = new LinkedHashMap<String, String>();
        for (Map<String, Object> row : database.rows(
                "select organization_id, job_id, snapshot from jobtrail.job_state where not missing and snapshot <> '{}'")) {
            expected.put(row.get("organization_id") + "/" + row.get("job_id"), (String) row.get("snapshot"));
        }
        assertThat(states).containsExactlyInAnyOrderEntriesOf(expected);
    }

    List<String> identities() {
        return kafka.committedRecords(events).stream()
                .map(record -> header(record, "ce_id") + " " + new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    List<Long> sequences() {
        return kafka.committedRecords(events).stream()
                .map(record -> Long.valueOf(header(record, "ce_sequence")))
                .sorted()
                .toList();
    }

    static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    long rows() throws SQLException {
        return (Long) database.value("select count(*) from jobtrail.job_history");
    }

    void assertIntact(String note) throws Exception {
        Report report = verify();
        assertThat(report.verdict().sentence()).startsWith("intact: ");
        assertThat(report.lines()).anyMatch(line -> line.startsWith("WARNING: ") && line.contains(note));
    }

    Report verify() throws Exception {
        Settings settings = settings();
        var keys = new CheckpointKeys(
                Optional.of(TrustedKeys.read(settings.checkpoint().keyFile())));
        return new Verification(settings, keys, Scope.ALL).run();
    }

    KafkaClients clients() {
        return new KafkaClients(settings().kafka().orElseThrow());
    }

    Settings settings() {
        return settings(kafka.bootstrapServers());
    }

    Settings settings(String bootstrapServers) {
        return new SettingsReader(PropertyLookup.of(properties(bootstrapServers), Map.of(), null)).read();
    }

    Properties properties(String bootstrapServers) {
        var properties = new Properties();
        properties.setProperty("source.veeam.url", veeam.url().toString());
        properties.setProperty("source.veeam.api-version", "v7");
        properties.setProperty("source.veeam.username", "reader");
        properties.setProperty("source.veeam.password", "secret");
        properties.setProperty("kafka.bootstrap-servers", bootstrapServers);
        properties.setProperty("kafka.topic.events", events);
        properties.setProperty("kafka.topic.cursor", prefix + ".cursor");
        properties.setProperty("kafka.topic.state", prefix + ".state");
        properties.setProperty("kafka.topic.checkpoints", prefix + ".checkpoints");
        properties.setProperty("kafka.topic.partitions", "3");
        properties.setProperty("data.directory", directory.toString());
        properties.setProperty("http.port", "0");
        properties.setProperty("database.url", database.url());
        properties.setProperty("database.username", database.username());
        properties.setProperty("database.password", database.password());
        configure(properties);
        return properties;
    }

    /** What a test sets besides. */
    void configure(Properties properties) {}
}
