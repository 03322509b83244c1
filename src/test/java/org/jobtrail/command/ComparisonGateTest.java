package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.database.Database;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.publish.PublisherLock;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.Await;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Logged;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;

/** A history that may have been set back is not continued before it was compared with Kafka, whoever is to compare it. */
class ComparisonGateTest extends PublishedLedger {

    ComparisonGateTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void whoDoesNotCompareThemWaitsForTheInstanceThatDoes() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        list("Success", "a", "b", "c");

        try (var real = new Database(database.settings(), 1);
                var other = PublisherLock.tryAcquire(real, settings().topics().cursor())) {
            assertThat(other).isNotNull();
            try (Engine engine = begin(Polls.ALWAYS)) {
                awaitHeldPolls(engine);
            }
            assertThat(rows()).isEqualTo(2);
        }

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();
    }

    @Test
    void whoIsToldToStopWhileItWaitsDoesNotPoll() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        list("Success", "a", "b", "c");

        try (var nobody = new ServerSocket(0)) {
            runFor(settings("127.0.0.1:" + nobody.getLocalPort()), Duration.ofSeconds(1));
        }

        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void aServerThatTakesOverWhilePollsAreUnderWayIsNotClaimedInBeforeItWasCompared() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");

        assertThat(database.value("select jobtrail.is_compared()")).isEqualTo(true);
        assertThat(copy.value("select jobtrail.is_compared()")).isEqualTo(false);
        assertThatThrownBy(
                        () -> copy.rows(
                                "select * from jobtrail.claim_poll('veeam', 'east', 'East Ltd', 'backup', interval '1 minute')"))
                .hasMessageContaining(
                        "nothing is recorded: PostgreSQL came up, or was restored, and has not been compared");
    }

    @Test
    void aComparisonThatTakesLongIsWaitedForWhileKafkaAnswers() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        list("Success", "a", "b", "c");

        try (var log = new Logged("jobtrail.publish");
                Producer<String, String> somebody =
                        openTransaction(settings().topics().cursor());
                Engine engine = begin(Polls.ALWAYS)) {
            awaitHeldPolls(engine);
            assertThat(log.messages())
                    .filteredOn(message -> message.startsWith("polling waits, for 180 s at most, until PostgreSQL"))
                    .hasSize(1);
            assertThat(rows()).isEqualTo(2);

            somebody.abortTransaction();

            Await.until(
                    Duration.ofMinutes(1),
                    () -> "it is halted: " + engine.publisher().problem(),
                    () -> !database.column("select halted from jobtrail.publication where halted is not null")
                            .isEmpty());
            assertThat(log.messages()).noneMatch(message -> message.contains("polling goes on without"));
        }
        assertThat(rows()).isEqualTo(2);
        assertThat(recoverFromTopic()).isTrue();
    }

    @Test
    void aHistoryThatEndsBeforeWhatWasSignedIsNotGoneOnWithWhereKafkaIsAway() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        list("Success", "a", "b", "c");

        assertThatThrownBy(() -> new SingleRun(settings(unused()), Path.of("").toAbsolutePath()).run())
                .isInstanceOf(CannotRunException.class)
                .hasMessageMatching(
                        "PostgreSQL was set back: checkpoint \\d+ of \\S+ in checkpoint.file, .*, has row 5 of organization east, the history ends at row 2: nothing is polled before Kafka .*");

        assertThat(rows()).isEqualTo(2);
        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void oneThatHasAllThatWasSignedIsGoneOnWithWhereKafkaIsAway() throws Exception {
        list("Success", "a", "b");
        run();
        database = postgres.copyOf(database);
        list("Success", "a", "b", "c");

        try (var engine = new Engine(settings(unused()), Path.of("").toAbsolutePath(), Polls.ALWAYS, cycle -> {})) {
            engine.migrate();
            engine.startRoutes();
            engine.startPublishing();
            Await.until(Duration.ofMinutes(1), () -> "polling goes on", () -> rows() == 3);
            assertThat(engine.setBack()).isEmpty();
        }
    }

    /** Longer than for a Kafka that is away. */
    private static void awaitHeldPolls(Engine engine) throws Exception {
        Await.until(
                Duration.ofMinutes(1),
                () -> "polls wait: " + engine.publisher().problem(),
                () -> engine.publisher()
                        .problem()
                        .orElse("")
                        .startsWith("polling waits, for 180 s at most, until PostgreSQL"));
    }

    private static String unused() throws IOException {
        try (var nobody = new ServerSocket(0)) {
            return "127.0.0.1:" + nobody.getLocalPort();
        }
    }

    private Producer<String, String> openTransaction(String topic) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "somebody of " + prefix);
        var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, "somebody", "else")).get();
        return producer;
    }

    private void runFor(Settings settings, Duration time) throws Exception {
        try (var engine = new Engine(settings, Path.of("").toAbsolutePath(), Polls.ALWAYS, cycle -> {})) {
            engine.migrate();
            engine.startRoutes();
            engine.startPublishing();
            LockSupport.parkNanos(time.toNanos());
        }
    }
}
