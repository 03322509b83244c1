package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jobtrail.Pipeline.Polls;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.record.Database;
import org.jobtrail.record.Erasure;
import org.jobtrail.recover.CannotRecoverException;
import org.jobtrail.recover.FromTopic;
import org.jobtrail.recover.NewEpoch;
import org.jobtrail.recover.Recovery;
import org.jobtrail.recover.Republication;
import org.jobtrail.recover.Way;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL and Kafka contradict each other: nothing new is published until the command that the halt names was run. */
@ExtendWith(RealServers.class)
class RecoveryTest {

    private static final Answer TWO =
            Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"},{\"id\":\"west\",\"name\":\"West Ltd\"}]");
    private static final String JOBS = "GET /v7/Organizations/east/Jobs";
    private static int topics;

    @TempDir
    Path directory;

    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final String prefix = "recovery-" + ++topics;
    private final List<String> told = new ArrayList<>();
    private TestDatabase database;
    private FakeVeeam veeam;
    private String events = prefix + ".events";

    RecoveryTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.postgres = postgres;
        this.kafka = kafka;
        this.database = postgres.emptyDatabase();
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

    @Test
    void rowsThatARestoredDatabaseHasLostComeBackFromTheTopicAndNothingIsRecordedBefore() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        List<Map<String, Object>> current = database.rows("select job_id, last_status, seq from report.current_job");
        database = copy;
        list("Success", "a", "b", "c");

        String reason = "PostgreSQL was set back: Kafka has row 5 of organization east, the history ends at row 2";
        assertHalted(reason);
        assertHalted(reason);
        assertThat(rows()).isEqualTo(2);
        assertThat(database.column("select not_complete from jobtrail.poll_receipt order by seq desc limit 1"))
                .first()
                .asString()
                .contains("nothing is recorded: PostgreSQL was set back");

        assertThat(recoverFromTopic()).isTrue();
        assertThat(told)
                .containsExactly(
                        "lost with the database, and nowhere to be had back: receipts 2 of source veeam",
                        "organization east: rows 3 to 5 restored from the topic, without the texts that the server sent; publishing goes on after row 5");
        assertThat(database.rows("select job_id, last_status, seq from report.current_job"))
                .containsExactlyInAnyOrderElementsOf(current);

        run();
        assertThat(database.column("select change_kind from jobtrail.job_history where seq > 5 order by seq"))
                .as("what the server shows now, against what was restored")
                .containsExactly("status-changed", "status-changed", "status-changed");
        assertTopicIsTheHistory();
        assertIntact("rows 3 to 5 of organization east were restored from the topic");
    }

    @Test
    void aLostDatabaseComesBackFromTheTopicWholly() throws Exception {
        backUpAndGoOn("Success");
        database = postgres.emptyDatabase();

        assertHalted("PostgreSQL was set back: Kafka has row 5 of organization east, the history ends at row 0");
        assertThat(rows()).isZero();
        assertThat(recoverFromTopic()).isTrue();
        run();

        assertThat(rows()).isEqualTo(5);
        assertThat(database.column("select source from jobtrail.organization_head"))
                .containsExactly("veeam");
        assertTopicIsTheHistory();
    }

    @Test
    void aJobThatWasErasedAfterTheBackupIsErasedAgain() throws Exception {
        list("Success", "a", "b");
        run();
        TestDatabase copy = postgres.copyOf(database);
        list("Failed", "a", "b");
        run();
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            assertThat(erasure.erase("east", null, "a")).isPresent();
        }
        run();
        database = copy;

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();

        assertThat(database.column("""
                        select seq from jobtrail.job_history where job_id = 'a' and payload is null and raw is null order by seq
                        """)).containsExactly(1L, 3L);
        assertThat(database.column("select change_kind from jobtrail.job_history where job_id = 'a' order by seq"))
                .contains("erased");
        run();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void historiesThatDifferGoOnInANewEpochAboveBoth() throws Exception {
        TestDatabase copy = backUpAndGoOn("Failed");
        database = copy;
        // Somebody polled without Kafka: the copy has other rows under the same numbers.
        list("Warning", "a", "b", "c");
        TestPipeline.pollOnce(database, veeam, "v7");

        assertHalted(
                "the histories differ: row 5 of organization east is another one on Kafka: run recover --new-epoch");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("organization east: NOT recovered: the histories differ");

        assertThat(newEpoch()).isTrue();
        assertThat(told)
                .last()
                .isEqualTo("organization east: epoch 2 begins at row 6, above history and topic; 3 jobs are told anew");
        run();
        assertThat(database.column(
                        "select change_kind || ' ' || epoch from jobtrail.job_history where seq > 5 order by seq"))
                .containsExactly("rebaselined 2", "rebaselined 2", "rebaselined 2");
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertStatesAreTheHistory();
        assertIntact("epoch 2 of organization east begins at row 6");

        list("Success", "a", "b", "c");
        run();
        assertThat(sequences()).hasSize(11);
        assertStatesAreTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aTopicThatIsAheadAndLostItsEventsIsLeftBehindByANewEpoch() throws Exception {
        TestDatabase copy = backUpAndGoOn("Failed");
        database = copy;

        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();
        assertThat(told).last().asString().contains("epoch 2 begins at row 6");
        list("Failed", "a", "b");
        run();

        assertThat(database.column("select seq from jobtrail.job_history order by seq"))
                .as("3 to 5 are numbers of the history that was left behind")
                .containsExactly(1L, 2L, 6L, 7L, 8L, 9L);
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertIntact("epoch 2 of organization east begins at row 6: its history ended at row 2");
    }

    @Test
    void topicsThatWereDeletedAreFilledAgainWithTheSameEventsAndCheckpoints() throws Exception {
        backUpAndGoOn("Failed");
        List<String> before = identities();
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(events, prefix + ".checkpoints")).all().get();
        }

        assertHalted("the events topic was made anew, or is another: row 5 of organization east is on the one before");
        assertThat(kafka.committedRecords(events)).isEmpty();
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("run republish --to");

        republish(events);
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
        run();
        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void moreOrFewerPartitionsHaltUntilTheHistoryIsOnAnotherTopic() throws Exception {
        backUpAndGoOn("Failed");
        List<String> before = identities();
        try (Admin admin = clients().admin()) {
            admin.createPartitions(Map.of(events, NewPartitions.increaseTo(4)))
                    .all()
                    .get();
        }
        list("Success", "a", "b", "c");

        assertHalted("the events topic has 4 partitions, organization east was published to 3");
        assertThat(rows()).as("recorded, not published").isGreaterThan(5);
        assertThatThrownBy(() -> republish(events))
                .isInstanceOf(CannotRecoverException.class)
                .hasMessageContaining("is on topic " + events + " already");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        assertThat(identities()).containsAll(before);
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    @Test
    void anInterruptedRepublicationGoesOnWhereItWas() throws Exception {
        veeam.on("GET /v7/Organizations", TWO).on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\"}]"));
        list("Success", "a", "b");
        run();
        List<String> before = identities();
        assertThatThrownBy(() -> republish(prefix + ".events.2", sentence -> {
                    throw new IllegalStateException("killed after: " + sentence);
                }))
                .hasMessageContaining("killed after: organization east: 2 events");

        assertHalted("republish has not come to its end: the cursor of organization east is of another topic");
        events = prefix + ".events.2";
        republish(events);
        run();
        assertThat(told)
                .contains(
                        "organization east: 0 events on topic " + events,
                        "organization west: 1 events on topic " + events);
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void anotherClusterIsRefusedUnlessItHoldsACopyOfTheTopic() throws Exception {
        backUpAndGoOn("Failed");
        database.execute("update jobtrail.publication set cluster_id = 'the-one-before'");
        list("Success", "a", "b", "c");

        assertHalted("another Kafka cluster: row 5 of organization east was acknowledged by cluster the-one-before");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void anEmptiedCursorTopicIsFilledAgainFromTheEvents() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".cursor")).all().get();
        }
        list("Success", "a", "b", "c");

        assertHalted(
                "Kafka lost data: it acknowledged row 5 of organization east, its cursor stands at row 0, on a topic that was made anew");
        assertThat(sequences()).hasSize(5);
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aStateTopicThatWasDeletedIsFilledAgain() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".state")).all().get();
        }

        assertHalted("the state topic was made anew, or is another");
        assertThat(recoverFromTopic()).isTrue();
        run();
        assertStatesAreTheHistory();
    }

    @Test
    void afterAProgramThatWroteNoStatesAllAreWritten() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".state")).all().get();
        }
        database.execute("""
                update jobtrail.publication
                set cursor_topic_id = null, state_topic_id = null, partitions = null, database_id = null""");

        run();
        assertStatesAreTheHistory();
        assertTopicIsTheHistory();
    }

    @Test
    void aRowThatKafkaRefusesForItsContentHaltsItsOrganizationOnly() throws Exception {
        veeam.on("GET /v7/Organizations", TWO)
                .on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\",\"name\":\"West\"}]"));
        list("Success", "a", "b");
        run();
        limitRecords("3000");
        var noise = new StringBuilder();
        new Random(1).ints(4_000, 'a', 'z').forEach(letter -> noise.append((char) letter));
        veeam.on(JOBS, Answer.json("[{\"id\":\"a\",\"name\":\"Job a\",\"description\":\"%s\"}]".formatted(noise)));
        veeam.on(
                "GET /v7/Organizations/west/Jobs",
                Answer.json("[{\"id\":\"w\",\"name\":\"West\",\"lastStatus\":\"Failed\"}]"));

        SingleRun.Result run = new SingleRun(settings(), Path.of("").toAbsolutePath()).run();

        assertThat(run.exitCode()).as(run.summary()).isEqualTo(1);
        assertThat(run.summary())
                .contains(
                        "1 organization HALTED",
                        "Kafka refuses row ",
                        " of organization east (RecordTooLargeException");
        assertThat(kafka.committedRecords(events))
                .anyMatch(record -> record.key().equals("west/w")
                        && header(record, "ce_type").contains("status-changed"));
        limitRecords("1000000");
        run();
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    private void limitRecords(String bytes) throws Exception {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, events);
        var limit = new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
        try (Admin admin = clients().admin()) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(limit))).all().get();
        }
    }

    @Test
    void whoTriesToRecoverBesideARunningProgramIsToldToStopIt() throws Exception {
        backUpAndGoOn("Failed");
        try (var engine = new Engine(settings(), Path.of("").toAbsolutePath(), Polls.NEVER, cycle -> {})) {
            engine.migrate();
            engine.startPolling();
            engine.startPublishing();
            while (engine.publisher().problem().isPresent()) {
                Thread.sleep(20);
            }
            assertThatThrownBy(this::recoverFromTopic)
                    .isInstanceOf(CannotRecoverException.class)
                    .hasMessage("Jobtrail is running and publishes: stop it, then try again");
        }
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).containsExactly("PostgreSQL and Kafka agree: nothing to recover");
    }

    /** Two rows, a copy, and three rows more, which the copy does not have. */
    private TestDatabase backUpAndGoOn(String status) throws Exception {
        list("Success", "a", "b");
        run();
        TestDatabase copy = postgres.copyOf(database);
        list(status.equals("Success") ? "Failed" : status, "a", "b", "c");
        run();
        assertThat(rows()).isEqualTo(5);
        assertTopicIsTheHistory();
        return copy;
    }

    private void list(String status, String... ids) {
        var jobs = new StringBuilder();
        for (String id : ids) {
            jobs.append(jobs.isEmpty() ? "[" : ",")
                    .append("{\"id\":\"%s\",\"name\":\"Job %s\",\"isEnabled\":true,\"lastStatus\":\"%s\"}"
                            .formatted(id, id, status));
        }
        veeam.on(JOBS, Answer.json(jobs + "]"));
    }

    private void run() throws Exception {
        SingleRun.Result run = new SingleRun(settings(), Path.of("").toAbsolutePath()).run();
        assertThat(run.exitCode()).as(run.summary()).isZero();
    }

    /** Says so and publishes nothing. */
    private void assertHalted(String reason) throws Exception {
        List<String> before = identities();
        SingleRun.Result run = new SingleRun(settings(), Path.of("").toAbsolutePath()).run();
        assertThat(run.exitCode()).as(run.summary()).isEqualTo(1);
        assertThat(run.summary()).contains("HALTED", reason);
        assertThat(database.column("select halted from jobtrail.publication where halted is not null"))
                .first()
                .asString()
                .startsWith(reason);
        assertThat(identities()).isSubsetOf(before);
    }

    private boolean recoverFromTopic() throws Exception {
        return recover(new FromTopic());
    }

    private boolean newEpoch() throws Exception {
        return recover(new NewEpoch());
    }

    private boolean recover(Way way) throws Exception {
        try (var real = new Database(settings().database().orElseThrow(), 1)) {
            return new Recovery(real, clients(), settings(), told::add).recover(way, Optional.of("east"));
        }
    }

    private void republish(String topic) throws Exception {
        republish(topic, told::add);
    }

    private void republish(String topic, Consumer<String> teller) throws Exception {
        Settings there = settings().withEvents(topic);
        try (var engine = new Engine(there, Path.of("").toAbsolutePath(), Polls.NEVER, cycle -> {})) {
            engine.startPolling();
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

    private void assertTopicIsTheHistory() throws Exception {
        List<String> rows =
                database
                        .rows("select encode(hash, 'hex') as hash, payload from jobtrail.job_history order by seq")
                        .stream()
                        .map(row -> row.get("hash") + " " + row.get("payload"))
                        .toList();
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(rows);
    }

    /** The last record of each key against the last row of each job. */
    private void assertStatesAreTheHistory() throws Exception {
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

    private List<String> identities() {
        return kafka.committedRecords(events).stream()
                .map(record -> header(record, "ce_id") + " " + new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<Long> sequences() {
        return kafka.committedRecords(events).stream()
                .map(record -> Long.valueOf(header(record, "ce_sequence")))
                .sorted()
                .toList();
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private long rows() throws SQLException {
        return (Long) database.value("select count(*) from jobtrail.job_history");
    }

    private void assertIntact(String note) throws Exception {
        Report report = verify();
        assertThat(report.verdict().sentence()).startsWith("intact: ");
        assertThat(report.lines()).anyMatch(line -> line.startsWith("WARNING: ") && line.contains(note));
    }

    private Report verify() throws Exception {
        Settings settings = settings();
        var keys = new CheckpointKeys(
                Optional.of(TrustedKeys.read(settings.checkpoint().keyFile())));
        return new Verification(settings, keys, Scope.ALL).run();
    }

    private KafkaClients clients() {
        return new KafkaClients(settings().kafka().orElseThrow());
    }

    private Settings settings() {
        var properties = new Properties();
        properties.setProperty("source.veeam.url", veeam.url().toString());
        properties.setProperty("source.veeam.api-version", "v7");
        properties.setProperty("source.veeam.username", "reader");
        properties.setProperty("source.veeam.password", "secret");
        properties.setProperty("kafka.bootstrap-servers", kafka.bootstrapServers());
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
        return new SettingsReader(PropertyLookup.of(properties, Map.of(), null)).read();
    }
}
