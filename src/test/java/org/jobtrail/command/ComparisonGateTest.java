package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jobtrail.database.Database;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.publish.PublisherLock;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;

/** A history that may have been set back is not continued before it was compared with Kafka, whoever is to compare it. */
class ComparisonGateTest extends PublishedLedger {

    private static final Duration LONGER_THAN_A_POLL = Duration.ofSeconds(3);

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
            runFor(settings(), LONGER_THAN_A_POLL);
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

    private void runFor(Settings settings, Duration time) throws Exception {
        try (var engine = new Engine(settings, Path.of("").toAbsolutePath(), Polls.ALWAYS, cycle -> {})) {
            engine.migrate();
            engine.startRoutes();
            engine.startPublishing();
            LockSupport.parkNanos(time.toNanos());
        }
    }
}
