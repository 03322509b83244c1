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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
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
 * The program is stopped at every {@link Point}, and goes on or is taken over from: after each, a read_committed consumer has every row
 * once and in order, and the ledger verifies. By default it is killed, and is threads of this process. With {@code
 * -Dcrash.points=all} it is a process; it is also paused, and its connections are cut: 120 cases, some minutes. {@code
 * -Dcrash.points=R4,R7} does all that at some points only, {@code -Dcrash.points=kill,R4} only kills.
 */
@ExtendWith(RealServers.class)
class CrashPointsTest {

    private static final List<String> WANTED =
            List.of(System.getProperty("crash.points", "kill").split(","));
    private static final boolean ONLY_KILL = WANTED.contains("kill");
    private static final List<Point> POINTS = Stream.of(Point.values())
            .filter(point -> named().isEmpty() || named().contains(point))
            .toList();

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
    private int installations;

    CrashPointsTest(PostgresServer postgres, KafkaServer kafka) {
        this.postgres = postgres;
        this.kafka = kafka;
    }

    @TestFactory
    Stream<DynamicTest> everyRowIsOnTheTopicOnceAndInOrderWhereverItHappens() {
        for (Fault fault : ONLY_KILL ? new Fault[] {Fault.KILL} : Fault.values()) {
            for (FollowUp followUp : FollowUp.values()) {
                Running.Start start = ONLY_KILL ? Running::inThreads : Running::inItsOwnProcess;
                // Each waits more than it works: threads are cheap enough for two at once.
                Predicate<Point> writes = point -> point.name().startsWith("W");
                for (List<Point> part : ONLY_KILL ? List.of(which(writes), which(writes.negate())) : List.of(POINTS)) {
                    lanes.add(new Lane(fault, followUp, part, start, this::installation));
                }
            }
        }
        lanes.forEach(threads::execute);
        return POINTS.stream()
                .flatMap(point -> lanes.stream()
                        .filter(lane -> lane.stopsAt(point))
                        .map(lane -> DynamicTest.dynamicTest(
                                point + ", " + lane.name(),
                                () -> assertThat(lane.result(point).problem()).isNull())));
    }

    /** A name that is none of theirs would stop at nothing, and pass. */
    private static List<Point> named() {
        return WANTED.stream()
                .filter(word -> !Set.of("kill", "all").contains(word))
                .map(Point::valueOf)
                .toList();
    }

    private static List<Point> which(Predicate<Point> wanted) {
        return POINTS.stream().filter(wanted).toList();
    }

    private synchronized Installation installation() throws Exception {
        return new Installation(postgres.migratedDatabase(), kafka, "crash-" + ++installations, directory);
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
        lanes.stream()
                .filter(lane -> lane.stopsAt(POINTS.get(0)))
                .forEach(lane -> table.append("%-16s".formatted(lane.name())));
        for (Point point : POINTS) {
            table.append("%n%-38s".formatted(point));
            for (Lane lane : lanes.stream().filter(each -> each.stopsAt(point)).toList()) {
                Result result = lane.result(point);
                table.append("%-16s"
                        .formatted((result.problem() == null ? "ok" : "BROKEN")
                                + " %.1f s".formatted(result.took().toMillis() / 1000.0)));
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(table.append("%n%d s in all%n".formatted(took.toSeconds())));
        threads.shutdownNow();
    }
}
