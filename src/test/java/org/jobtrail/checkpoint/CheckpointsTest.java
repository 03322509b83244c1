package org.jobtrail.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.camel.component.kafka.KafkaClientFactory;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.pipeline.Pipeline;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The real route on a real PostgreSQL and a real Kafka, with a ledger, a topic, a key and a file of each test's own. */
@ExtendWith(RealServers.class)
class CheckpointsTest {

    private final PostgresServer postgres;
    private final KafkaServer kafka;

    @TempDir
    Path directory;

    private TestDatabase database;
    private String topic;

    CheckpointsTest(PostgresServer postgres, KafkaServer kafka) {
        this.postgres = postgres;
        this.kafka = kafka;
    }

    @BeforeEach
    void newLedger(TestInfo test) throws SQLException {
        database = postgres.migratedDatabase();
        topic = "checkpoints." + test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void theChainGoesOnFromCheckpointToCheckpointAndAfterARestart() throws Exception {
        try (var instance = new Instance()) {
            record("north");
            instance.take();
            record("north");
            record("south");
            instance.take();
        }
        record("south");
        try (var instance = new Instance()) {
            instance.take();
        }

        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).extracting(Checkpoint::number).containsExactly(1L, 2L, 3L);
        assertThat(taken)
                .extracting(Checkpoint::previous)
                .containsExactly(
                        "0".repeat(64), taken.get(0).digest(), taken.get(1).digest());
        TrustedKeys keys = TrustedKeys.read(keyFile());
        assertThat(taken).allMatch(keys::vouchFor);
        assertThat(taken.get(0).organizations())
                .extracting(Heads.Organization::id)
                .containsExactly("north");
        assertThat(taken.get(2).organizations()).isEqualTo(heads());
        assertThat(taken.get(2).database().name()).isEqualTo(database.url().replaceAll(".*/", ""));
        assertThat(taken.get(2).database().system())
                .isEqualTo(database.value("select system_identifier::text from pg_control_system()"));
        assertThat(inTheFile()).isEqualTo(taken);
        assertThat(database.rows("select organization_id, seq, checkpoint from jobtrail.checkpointed order by 1"))
                .containsExactly(
                        Map.of("organization_id", "north", "seq", 2L, "checkpoint", 2L),
                        Map.of("organization_id", "south", "seq", 2L, "checkpoint", 3L));
    }

    @Test
    void receiptsAndNotesAreCoveredTooAndWhatHasNotMovedIsNotSignedAgain() throws Exception {
        try (var instance = new Instance()) {
            instance.take();
            database.value("select attempt from jobtrail.open_attempt('veeam')");
            database.value("""
                    select jobtrail.write_receipt('{"source":"veeam","attempt":1,"started_at":"2026-11-23T20:00:00Z",
                        "outcome":"FAILED","period":"1 minute","program_version":"1","organizations":0,"jobs":0,"changes":0,
                        "rejected":0,"not_complete":"[]"}')""");
            instance.take();
            instance.take();
            database.value("select jobtrail.append_note('epoch', null, 'said by a test', null)");
            instance.take();
            instance.take();
        }

        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).hasSize(2);
        assertThat(taken.get(0).receipts())
                .extracting(Heads.Receipts::source, Heads.Receipts::seq)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("veeam", 1L));
        assertThat(taken.get(0).notes()).isEqualTo(new Heads.Notes(0, "0".repeat(64)));
        assertThat(taken.get(1).notes()).isEqualTo(new Heads.Notes(1, (String)
                database.value("select encode(hash, 'hex') from jobtrail.ledger_note")));
    }

    @Test
    void aFileGetsWhatItLacksOfTheTopic() throws Exception {
        try (var instance = new Instance()) {
            for (int i = 0; i < 10; i++) {
                record("north");
                instance.take();
            }
        }
        byte[] whole = Files.readAllBytes(file());
        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).hasSize(10);
        int lastLine = taken.get(9).jws().length() + 1;

        // Lost with its disk; cut short by a crash between topic and file; cut short in the middle of a line.
        for (int length : List.of(0, whole.length - lastLine, whole.length - lastLine + 100)) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            try (var instance = new Instance()) {
                instance.take();
            }
            assertThat(Files.readAllBytes(file())).isEqualTo(whole);
        }
        assertThat(onTheTopic()).isEqualTo(taken);
    }

    @Test
    void aFileThatDoesNotBelongToTheTopicIsLeftAsItIsAndSaid() throws Exception {
        try (var instance = new Instance()) {
            record("north");
            instance.take();
            String line = Files.readString(file());

            Files.writeString(file(), "mine\n");
            record("north");
            instance.take();
            assertThat(instance.checkpoints.problem())
                    .get()
                    .asString()
                    .startsWith("checkpoint.file names " + file() + ", which ends with a line that is no checkpoint");
            assertThat(Files.readString(file())).isEqualTo("mine\n");

            String ahead = chain(line.strip(), 5);
            Files.writeString(file(), ahead);
            instance.take();
            assertThat(instance.checkpoints.problem())
                    .get()
                    .asString()
                    .contains("which ends with checkpoint 6, the topic with 2", "checkpoint.file");
            assertThat(Files.readString(file())).isEqualTo(ahead);

            Files.writeString(file(), line);
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }
        assertThat(inTheFile()).isEqualTo(onTheTopic()).hasSize(2);
    }

    @Test
    void whoeverComesLaterFencesWhoWasThereBefore() throws Exception {
        try (var paused = new Instance();
                var successor = new Instance()) {
            record("north");
            paused.take();
            record("north");
            successor.take();
            record("north");

            assertThatThrownBy(paused::take)
                    .hasRootCauseInstanceOf(Exception.class)
                    .satisfies(e -> assertThat(org.assertj.core.util.Throwables.getRootCause(e))
                            .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class));
            assertThat(onTheTopic()).hasSize(2);
            assertThat(inTheFile()).hasSize(2);
            assertThat(database.value("select seq from jobtrail.checkpointed")).isEqualTo(2L);

            successor.take();
            assertThat(successor.checkpoints.problem()).isEmpty();
        }
        assertThat(onTheTopic()).extracting(Checkpoint::number).containsExactly(1L, 2L, 3L);
        assertThat(inTheFile()).isEqualTo(onTheTopic());
    }

    @Test
    void moreOrganizationsThanOneHoldsStandInTheNextSignedRightAfterIt() throws Exception {
        database.execute("""
                insert into jobtrail.organization_head (organization_id, source, claimed_at, last_seq, last_hash)
                select gen_random_uuid(), 'veeam', clock_timestamp(), n, sha256(n::text::bytea) from generate_series(1, 9000) n
                """);
        try (var instance = new Instance()) {
            instance.take();
            instance.take();
        }

        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).extracting(one -> one.organizations().size()).containsExactly(4000, 4000, 1000);
        assertThat(taken).extracting(Checkpoint::number).containsExactly(1L, 2L, 3L);
        assertThat(taken.get(1).previous()).isEqualTo(taken.get(0).digest());
        assertThat(taken.get(2).previous()).isEqualTo(taken.get(1).digest());
        assertThat(taken.stream().flatMap(one -> one.organizations().stream()).collect(Collectors.toSet()))
                .isEqualTo(java.util.Set.copyOf(heads()));
        assertThat(inTheFile()).isEqualTo(taken);
    }

    @Test
    void aTopicThatMightForgetOrReorderIsRefusedAndSaid() throws Exception {
        assertThat(problemOn(new NewTopic(topic, 2, (short) 1)))
                .startsWith("topic " + topic + " has 2 partitions")
                .contains("it must have 1 partition, cleanup.policy=delete, retention.bytes=-1, retention.ms=-1");
        assertThat(onTheTopic()).isEmpty();
        assertThat(Files.exists(file())).isFalse();
    }

    @Test
    void aTopicThatForgetsWhatIsOldForTheSizeOfWhatIsNewIsRefusedAndSaid() throws Exception {
        var topicOfSomebody =
                new NewTopic(topic, 1, (short) 1).configs(Map.of("retention.ms", "-1", "retention.bytes", "1000000"));

        assertThat(problemOn(topicOfSomebody))
                .contains("cleanup.policy=delete, retention.bytes=1000000, retention.ms=-1: it must have");
        assertThat(onTheTopic()).isEmpty();
    }

    /** Why none can be taken on a topic that somebody else has made. */
    private String problemOn(NewTopic made) throws Exception {
        try (var admin =
                new KafkaClients(settings(kafka.bootstrapServers()).kafka().orElseThrow()).admin()) {
            admin.createTopics(List.of(made)).all().get();
        }
        try (var instance = new Instance()) {
            record("north");
            instance.take();
            return instance.checkpoints.problem().orElseThrow();
        }
    }

    @Test
    void aKafkaThatIsNotThereIsSaidAndNothingElse() throws Exception {
        try (var instance = new Instance("127.0.0.1:1", new Metrics())) {
            record("north");
            instance.take();

            assertThat(instance.checkpoints.problem()).get().asString().contains("Kafka does not answer");
        }
        assertThat(database.rows("select from jobtrail.checkpointed")).isEmpty();
    }

    @Test
    void checkpointsOfAnotherLedgerAreNotGoneOnFrom() throws Exception {
        try (var instance = new Instance()) {
            record("north");
            instance.take();
        }
        TestDatabase first = database;
        database = postgres.migratedDatabase();
        record("south");
        try (var instance = new Instance()) {
            instance.take();

            assertThat(instance.checkpoints.problem())
                    .get()
                    .asString()
                    .contains("those of another ledger", "kafka.topic.checkpoints");
        }
        assertThat(onTheTopic()).hasSize(1);

        // The same ledger on another server: its chain goes on.
        record("north");
        record("north");
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }
        assertThat(onTheTopic())
                .extracting(one -> one.database().name())
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(first).isNotEqualTo(database);
    }

    @Test
    void aLedgerThatWasHadBackFromTheTopicWithoutItsReceiptsGoesOnWithItsChain() throws Exception {
        record("north");
        database.execute("""
                insert into jobtrail.source_head (source, last_receipt, last_hash) values ('veeam', 5, sha256('receipt 5'))
                on conflict (source) do update set last_receipt = excluded.last_receipt, last_hash = excluded.last_hash""");
        try (var instance = new Instance()) {
            instance.take();
        }

        TestDatabase recovered = postgres.copyOf(database);

        // As many rows of the same organization, but others.
        database = postgres.migratedDatabase();
        record("north");
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).get().asString().contains("those of another ledger");
        }
        assertThat(onTheTopic()).hasSize(1);

        database = recovered;
        database.execute("select jobtrail.compared(); delete from jobtrail.source_head");
        record("south");
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }
        assertThat(onTheTopic()).hasSize(2);
    }

    @Test
    void whatStrangersWriteOnTheTopicIsPassedOver() throws Exception {
        record("north");
        try (var instance = new Instance()) {
            instance.take();
        }
        write("nonsense");
        Path strangers = directory.resolve("strangers.pem");
        var forged = Checkpoint.sign(
                CheckpointKey.open(strangers),
                1_000_000,
                "0".repeat(64),
                Clock.systemUTC().instant(),
                "1",
                onTheTopic(1).get(0).heads());
        write(forged.jws());
        record("north");
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }

        assertThat(inTheFile()).extracting(Checkpoint::number).containsExactly(1L, 2L);
        assertThat(Checkpoint.parse(text(3)).number()).isEqualTo(2);
        assertThat(Checkpoint.parse(text(3)).previous())
                .isEqualTo(Checkpoint.parse(text(0)).digest());
    }

    @Test
    void aKeyThatWasLostIsFollowedByANewOneInTheSameChain() throws Exception {
        record("north");
        try (var instance = new Instance()) {
            instance.take();
        }
        Files.delete(keyFile());
        record("north");
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }

        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).extracting(Checkpoint::number).containsExactly(1L, 2L);
        assertThat(taken.get(1).previous()).isEqualTo(taken.get(0).digest());
        assertThat(taken.get(1).kid()).isNotEqualTo(taken.get(0).kid());
        assertThat(inTheFile()).isEqualTo(taken);
    }

    @Test
    void whereSomebodyWithAnotherKeyHasGoneOnNoneIsTakenUntilThatKeyIsTrusted() throws Exception {
        record("north");
        try (var instance = new Instance()) {
            instance.take();
        }
        Path ours = directory.resolve("ours.pem");
        Files.move(keyFile(), ours);
        record("north");
        try (var instance = new Instance()) {
            instance.take();
        }
        Path theirs = directory.resolve("theirs.pem");
        Files.move(keyFile(), theirs);
        Files.copy(ours, keyFile());
        record("north");

        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .contains("checkpoint 2 of ", "signed by a key that checkpoint.key-file does not hold"));
        }
        assertThat(onTheTopic()).hasSize(2);

        String text = Files.readString(theirs);
        Files.writeString(keyFile(), text.substring(text.indexOf("-----BEGIN PUBLIC KEY")), StandardOpenOption.APPEND);
        try (var instance = new Instance()) {
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }
        List<Checkpoint> taken = onTheTopic();
        assertThat(taken).extracting(Checkpoint::number).containsExactly(1L, 2L, 3L);
        assertThat(taken.get(2).previous()).isEqualTo(taken.get(1).digest());
        assertThat(taken.get(2).kid()).isEqualTo(taken.get(0).kid());
    }

    @Test
    void oneIsTakenWhenThePeriodHasPassedSinceTheLastWhoeverTookIt() throws Exception {
        record("north");
        try (var instance = new Instance()) {
            instance.checkpoints.takeIfDue();
            record("north");
            instance.checkpoints.takeIfDue();
        }
        try (var instance = new Instance()) {
            instance.checkpoints.takeIfDue();
            assertThat(onTheTopic()).hasSize(1);
            instance.take();
        }
        assertThat(onTheTopic()).hasSize(2);
    }

    @Test
    void whatKafkaDidNotCommitIsNeitherInTheFileNorNoted() throws Exception {
        record("north");
        try (var instance = new Instance()) {
            var broken = new AtomicBoolean(true);
            instance.pipeline.context().getRegistry().unbind("kafkaClients");
            instance.pipeline.context().getRegistry().bind("kafkaClients", losingCommits(instance.clients, broken));
            instance.take();

            assertThat(instance.checkpoints.problem()).get().asString().contains("the commit is lost");
            assertThat(inTheFile()).isEmpty();
            assertThat(database.rows("select from jobtrail.checkpointed")).isEmpty();
            assertThat(onTheTopic()).isEmpty();

            broken.set(false);
            instance.take();
            assertThat(instance.checkpoints.problem()).isEmpty();
        }
        assertThat(onTheTopic()).extracting(Checkpoint::number).containsExactly(1L);
        assertThat(inTheFile()).isEqualTo(onTheTopic());
    }

    /** Producers that abort when they are told to commit, and say that it went wrong. */
    private static KafkaClientFactory losingCommits(KafkaClients clients, AtomicBoolean broken) {
        return (KafkaClientFactory) Proxy.newProxyInstance(
                CheckpointsTest.class.getClassLoader(),
                new Class<?>[] {KafkaClientFactory.class},
                (factory, method, arguments) -> {
                    Object made = method.invoke(clients, arguments);
                    return made instanceof Producer<?, ?> producer ? losingCommits(producer, broken) : made;
                });
    }

    private static Object losingCommits(Producer<?, ?> producer, AtomicBoolean broken) {
        return Proxy.newProxyInstance(
                CheckpointsTest.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commitTransaction") && broken.get()) {
                        producer.abortTransaction();
                        throw new KafkaException("the commit is lost");
                    }
                    return method.invoke(producer, arguments);
                });
    }

    @Test
    void coverageOnlyGoesForwardAndOnlyOverWhatTheHistoryHolds() throws Exception {
        record("north");
        record("north");
        String first = (String) database.value("select encode(hash, 'hex') from jobtrail.job_history where seq = 1");
        String second = (String) database.value("select encode(hash, 'hex') from jobtrail.job_history where seq = 2");

        note(5, "north", 2, first);
        note(5, "north", 9, second);
        note(5, "south", 1, first);
        assertThat(database.rows("select from jobtrail.checkpointed")).isEmpty();

        note(5, "north", 2, second);
        note(6, "north", 1, first);
        assertThat(database.rows("select organization_id, seq, checkpoint from jobtrail.checkpointed"))
                .containsExactly(Map.of("organization_id", "north", "seq", 2L, "checkpoint", 5L));
    }

    @Test
    void whoSaysWhichClusterThisIsNeedsNoRightOfItsOwn() throws Exception {
        try (var real = new Database(database.settings(), 1);
                var connection = real.publisherPool().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select current_user, jobtrail.system_identifier(), (select system_identifier::text from pg_control_system())")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("jobtrail_publisher");
            assertThat(row.getString(2)).matches("\\d+").isEqualTo(row.getString(3));
        }
    }

    private void note(long number, String organization, long seq, String hash) throws SQLException {
        database.query(
                "note_checkpoint",
                Map.of(
                        "number",
                        number,
                        "heads",
                        "[{\"id\":\"%s\",\"seq\":%d,\"hash\":\"%s\"}]".formatted(organization, seq, hash)));
    }

    /** One row more. */
    private void record(String organization) throws SQLException {
        new Ledger(database).poll(organization, 1);
    }

    private List<Heads.Organization> heads() throws SQLException {
        return database.rows("""
                        select organization_id, epoch, last_seq, encode(last_hash, 'hex') as hash
                        from jobtrail.organization_head order by organization_id collate "C"
                        """).stream()
                .map(row -> new Heads.Organization(
                        (String) row.get("organization_id"),
                        (Integer) row.get("epoch"),
                        (Long) row.get("last_seq"),
                        (String) row.get("hash")))
                .toList();
    }

    /** So many checkpoints more after this one. */
    private String chain(String line, int more) {
        var lines = new StringBuilder();
        Checkpoint last = Checkpoint.parse(line);
        for (int i = 0; i < more; i++) {
            last = Checkpoint.sign(
                    CheckpointKey.open(keyFile()),
                    last.number() + 1,
                    last.digest(),
                    last.takenAt(),
                    last.program(),
                    last.heads());
            lines.append(last.jws()).append('\n');
        }
        return lines.toString();
    }

    private List<Checkpoint> onTheTopic() {
        return onTheTopic(Integer.MAX_VALUE);
    }

    private List<Checkpoint> onTheTopic(int first) {
        return kafka.committedRecords(topic).stream()
                .limit(first)
                .map(record -> Checkpoint.parse(new String(record.value(), StandardCharsets.UTF_8)))
                .toList();
    }

    private String text(int record) {
        return new String(kafka.committedRecords(topic).get(record).value(), StandardCharsets.UTF_8);
    }

    private void write(String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private List<Checkpoint> inTheFile() throws Exception {
        return Files.readAllLines(file()).stream().map(Checkpoint::parse).toList();
    }

    private Path keyFile() {
        return directory.resolve("key.pem");
    }

    private Path file() {
        return directory.resolve("checkpoints.jws");
    }

    private Settings settings(String bootstrapServers) {
        var properties = new Properties();
        properties.setProperty("database.url", database.url());
        properties.setProperty("database.username", database.username());
        properties.setProperty("database.password", database.password());
        properties.setProperty("kafka.bootstrap-servers", bootstrapServers);
        if (!bootstrapServers.equals(kafka.bootstrapServers())) {
            properties.setProperty("kafka.client.request.timeout.ms", "500");
            properties.setProperty("kafka.client.default.api.timeout.ms", "1000");
        }
        properties.setProperty("kafka.transactional-id", topic);
        properties.setProperty("kafka.topic.checkpoints", topic);
        properties.setProperty("checkpoint.key-file", keyFile().toString());
        properties.setProperty("checkpoint.file", file().toString());
        properties.setProperty("checkpoint.period", "1h");
        return new SettingsReader(PropertyLookup.of(properties, Map.of(), null)).read();
    }

    /** What takes checkpoints in one process. */
    private final class Instance implements AutoCloseable {
        private final KafkaClients clients;
        private final Database real;
        private final Pipeline pipeline;
        private final Checkpoints checkpoints;

        Instance() {
            this(kafka.bootstrapServers(), new Metrics());
        }

        Instance(String bootstrapServers, Metrics metrics) {
            Settings settings = settings(bootstrapServers);
            clients = new KafkaClients(settings.kafka().orElseThrow());
            real = new Database(settings.database().orElseThrow(), 2);
            pipeline = new Pipeline(
                    settings,
                    TestPipeline.CHECKOUT,
                    real,
                    clients,
                    metrics,
                    new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(1)),
                    Pipeline.Polls.NEVER,
                    TestPipeline.nothingToCompare(real),
                    cycle -> {});
            pipeline.start();
            checkpoints = new Checkpoints(
                    pipeline.context(),
                    clients,
                    settings.topics(),
                    settings.checkpoint(),
                    CheckpointKey.open(keyFile()),
                    Clock.systemUTC(),
                    metrics,
                    TestPipeline.CHECKOUT);
        }

        /** Whatever is due. */
        void take() throws Exception {
            checkpoints.takeLast();
        }

        @Override
        public void close() {
            checkpoints.stop();
            pipeline.close();
            real.close();
        }
    }
}
