package org.jobtrail.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jobtrail.checkpoint.SignedCheckpoint;
import org.jobtrail.checkpoint.SignedHeads;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.kafka.KafkaClients;
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
    void oneThatAnsweredLongAgoIsAskedAgainWhilePollsWait() throws Exception {
        ComparisonGate gate = gate(Duration.ZERO, LONG);
        gate.kafkaAnswers();
        try (var presence = new KafkaPresence(clients(unused(), "away"), gate)) {
            presence.start();

            CompletableFuture<Boolean> poll = CompletableFuture.supplyAsync(gate::await);

            assertThat(poll.get(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void whoIsInterruptedWhileItAsksKafkaLeavesNoClientBehind() throws Exception {
        String id = "interrupted-" + unused();
        // Takes connections and says nothing.
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var presence = new KafkaPresence(
                        clients("127.0.0.1:" + silent.getLocalPort(), id), gate(Duration.ZERO, LONG))) {
            var asking = new Thread(() -> {
                try {
                    presence.reach();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            asking.start();
            Await.until(Duration.ofMinutes(1), () -> "it asks", () -> isThere(id));

            asking.interrupt();
            asking.join();

            Await.until(Duration.ofMinutes(1), () -> "the client is closed", () -> !isThere(id));
        }
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

    @Test
    void aProofThatPostgresWasSetBackIsLookedAtAgainWhileKafkaIsAway() throws Exception {
        SignedCheckpoint.write(directory.resolve("key"), directory.resolve("checkpoints"), "east", 5);
        database.execute("""
                insert into jobtrail.organization_head (organization_id, source, claimed_at, epoch, last_seq)
                values ('east', 'veeam', now(), 1, 3)
                """);
        ComparisonGate gate = gate(Duration.ZERO, LONG);
        try (var log = new Logged("jobtrail.publish")) {
            CompletableFuture<Boolean> poll = CompletableFuture.supplyAsync(gate::await);
            awaitHeld(gate);
            Await.until(
                    Duration.ofMinutes(1),
                    () -> "it says so",
                    () -> !log.messages().isEmpty());
            assertThat(poll.getNow(null)).isNull();
            assertThat(gate.setBack()).get().asString().contains("has row 5 of organization east");

            // As if the right primary answered.
            database.execute("update jobtrail.organization_head set last_seq = 5");

            assertThat(poll.get(1, TimeUnit.MINUTES)).isTrue();
            assertThat(log.messages())
                    .filteredOn(message -> message.startsWith("PostgreSQL was set back"))
                    .hasSize(1);
        }
        assertThat(gate.setBack()).isEmpty();
        assertThat(gate.problem()).isEmpty();
    }

    private ComparisonGate gate(Duration patience, Duration whereKafkaAnswers) {
        var signed = new SignedHeads(
                new Settings.Checkpoint(directory.resolve("key"), directory.resolve("checkpoints"), LONG));
        return new ComparisonGate(real.pool(), signed, patience, whereKafkaAnswers, Duration.ofMillis(500));
    }

    private static KafkaClients clients(String address, String clientId) {
        return new KafkaClients(new Settings.Kafka(address, "gate", Map.of("client.id", clientId)));
    }

    private static String unused() throws IOException {
        try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + nobody.getLocalPort();
        }
    }

    private static boolean isThere(String clientId) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().endsWith("| " + clientId));
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
