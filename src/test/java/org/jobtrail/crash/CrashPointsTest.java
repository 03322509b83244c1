package org.jobtrail.crash;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.crash.Lane.Fault;
import org.jobtrail.crash.Lane.FollowUp;
import org.jobtrail.crash.Lane.Result;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The program is stopped at every point of {@link Point}, and goes on or is taken over from: after each, a read_committed consumer has
 * every row once and in order, and the ledger verifies. By default it is killed, and is threads of this process;
 * {@code -Dcrash.points=all} makes it a process, also pauses it and cuts its connections, and takes some minutes.
 */
@ExtendWith(RealServers.class)
class CrashPointsTest {

    private static final Map<String, Optional<Level>> NOISY = Stream.of("jobtrail", "com.zaxxer", "org.apache")
            .collect(Collectors.toMap(
                    name -> name, name -> Optional.ofNullable(logger(name).getLevel())));

    @TempDir
    Path directory;

    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Lane> lanes = new ArrayList<>();
    private final long start = System.nanoTime();
    private int ledgers;

    CrashPointsTest(PostgresServer postgres, KafkaServer kafka) {
        this.postgres = postgres;
        this.kafka = kafka;
    }

    @TestFactory
    Stream<DynamicTest> everyRowIsOnTheTopicOnceAndInOrderWhereverItHappens() {
        boolean all = System.getProperty("crash.points", "kill").equals("all");
        for (Fault fault : all ? Fault.values() : new Fault[] {Fault.KILL}) {
            for (FollowUp followUp : FollowUp.values()) {
                Running.Start start = all ? Running::inItsOwnProcess : Running::inThreads;
                lanes.add(new Lane(fault, followUp, start, this::ledger));
            }
        }
        lanes.forEach(threads::execute);
        return Stream.of(Point.values())
                .flatMap(point -> lanes.stream()
                        .map(lane -> DynamicTest.dynamicTest(
                                point + ", " + lane.name(),
                                () -> assertThat(lane.result(point).problem()).isNull())));
    }

    private synchronized Ledger ledger() throws Exception {
        return new Ledger(postgres.migratedDatabase(), kafka, "crash-" + ++ledgers, directory);
    }

    /** Of the dead, who would tell at length that they reach nobody. */
    @BeforeAll
    static void silence() {
        NOISY.forEach((name, level) -> logger(name).setLevel(Level.OFF));
    }

    @AfterAll
    static void listenAgain() {
        NOISY.forEach((name, level) -> logger(name).setLevel(level.orElse(null)));
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @AfterEach
    void table() throws Exception {
        var table = new StringBuilder("%n%-38s".formatted(""));
        lanes.forEach(lane -> table.append("%-14s".formatted(lane.name())));
        for (Point point : Point.values()) {
            table.append("%n%-38s".formatted(point));
            for (Lane lane : lanes) {
                Result result = lane.result(point);
                table.append("%-14s"
                        .formatted((result.problem() == null ? "ok" : "BROKEN")
                                + " %.1f s".formatted(result.took().toMillis() / 1000.0)));
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(table.append("%n%d s in all%n".formatted(took.toSeconds())));
        threads.shutdownNow();
    }
}
