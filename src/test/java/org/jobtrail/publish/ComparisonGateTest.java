package org.jobtrail.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jobtrail.checkpoint.SignedHeads;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.Await;
import org.jobtrail.support.Logged;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How long polls wait for a comparison that does not come. */
@ExtendWith(RealServers.class)
class ComparisonGateTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final TestDatabase database;
    private final Database real;

    @TempDir
    Path directory;

    ComparisonGateTest(PostgresServer postgres) throws SQLException {
        database = postgres.migratedDatabase();
        database.execute("delete from jobtrail.comparison");
        real = new Database(database.settings(), 2);
    }

    @AfterEach
    void close() {
        real.close();
    }

    @Test
    void aKafkaThatIsAwayKeepsNobodyFromPolling() throws Exception {
        assertThat(gate(Duration.ZERO, LONG).await()).isTrue();
        assertThat(database.value("select skipped from jobtrail.comparison")).isEqualTo(true);
    }

    @Test
    void oneThatRefusesIsWaitedForAndSaidOnce() throws Exception {
        ComparisonGate gate = gate(Duration.ZERO, LONG);
        gate.kafkaAnswers();
        gate.failed("Kafka refuses the login");
        try (var log = new Logged("jobtrail.publish")) {
            CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(gate::await);
            CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(gate::await);
            awaitHeld(gate);
            assertThat(gate.problem())
                    .get()
                    .asString()
                    .startsWith("polling waits, for 3600 s at most")
                    .endsWith(": Kafka refuses the login");
            assertThat(gate.isAwaited()).isTrue();
            assertThat(database.rows("select * from jobtrail.comparison")).isEmpty();

            compare(gate);

            assertThat(first.get(1, TimeUnit.MINUTES)).isTrue();
            assertThat(second.get(1, TimeUnit.MINUTES)).isTrue();
            assertThat(log.messages()).hasSize(1);
        }
        assertThat(gate.problem()).isEmpty();
        assertThat(gate.isAwaited()).isFalse();
        assertThat(database.value("select skipped from jobtrail.comparison")).isEqualTo(false);
    }

    @Test
    void oneThatGoesAwayMeanwhileKeepsNobodyAnyLonger() throws Exception {
        ComparisonGate gate = gate(Duration.ZERO, LONG);
        gate.kafkaAnswers();
        CompletableFuture<Boolean> poll = CompletableFuture.supplyAsync(gate::await);
        awaitHeld(gate);

        gate.kafkaIsAway();

        assertThat(poll.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(gate.problem()).isEmpty();
    }

    @Test
    void oneThatAnswersAndIsNeverComparedWithIsNotWaitedForForEver() throws Exception {
        ComparisonGate gate = gate(Duration.ZERO, Duration.ofMillis(1));
        gate.kafkaAnswers();

        assertThat(gate.await()).isTrue();
        assertThat(database.value("select skipped from jobtrail.comparison")).isEqualTo(true);
    }

    @Test
    void aPostgresThatWasComparedBeforeTheProgramStartedIsGoneOnWithThoughKafkaRefuses() throws Exception {
        compare(gate(Duration.ZERO, LONG));
        ComparisonGate gate = gate(Duration.ZERO, LONG);
        gate.kafkaAnswers();

        assertThat(gate.await()).isTrue();
    }

    private ComparisonGate gate(Duration patience, Duration whereKafkaAnswers) {
        var signed = new SignedHeads(
                new Settings.Checkpoint(directory.resolve("key"), directory.resolve("checkpoints"), LONG));
        return new ComparisonGate(real.pool(), signed, patience, whereKafkaAnswers);
    }

    private void compare(ComparisonGate gate) throws SQLException {
        try (Connection publisher = real.connect(Role.PUBLISHER)) {
            Comparison.note(publisher);
        }
        gate.looked();
    }

    private static void awaitHeld(ComparisonGate gate) throws Exception {
        Await.until(
                Duration.ofMinutes(1), () -> "polls wait", () -> gate.problem().isPresent());
    }
}
