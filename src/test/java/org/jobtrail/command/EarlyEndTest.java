package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jobtrail.support.Program;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told to end while its embedded servers start. */
class EarlyEndTest {

    @TempDir
    Path directory;

    /** After one has appeared, the other parts are still to come. */
    @ParameterizedTest
    @ValueSource(strings = {"postgres/cluster/postmaster.pid", "kafka/port"})
    void runEndsWellAndLeavesNoServerRunning(String appeared) throws Exception {
        try (Program program = start("run")) {
            await(appeared);

            program.terminate();

            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output()).doesNotContain("jobtrail: ", "\tat ");
            assertThat(postmaster()).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres/cluster/postmaster.pid", "kafka/port"})
    void whatRunsOnceIsBrokenOffAndLeavesNoServerRunning(String appeared) throws Exception {
        try (Program program = start("run", "--once")) {
            await(appeared);

            program.terminate();

            assertThat(program.exitCode()).as(program.output()).isNotZero();
            assertThat(program.output()).doesNotContain("\tat ");
            awaitNone();
        }
    }

    private Program start(String... arguments) throws Exception {
        return Program.start(Map.of("DATA_DIRECTORY", directory.toString(), "HTTP_PORT", "0"), arguments);
    }

    private Path postmaster() {
        return directory.resolve("postgres/cluster/postmaster.pid");
    }

    private void await(String file) throws InterruptedException {
        long begin = System.nanoTime();
        while (Files.notExists(directory.resolve(file))) {
            assertThat(System.nanoTime() - begin)
                    .as(file)
                    .isLessThan(Duration.ofSeconds(60).toNanos());
            Thread.sleep(5);
        }
    }

    /** It has been told to stop, and stops by itself. */
    private void awaitNone() throws InterruptedException {
        long begin = System.nanoTime();
        while (Files.exists(postmaster())) {
            assertThat(System.nanoTime() - begin)
                    .as("PostgreSQL stops")
                    .isLessThan(Duration.ofSeconds(20).toNanos());
            Thread.sleep(20);
        }
    }
}
