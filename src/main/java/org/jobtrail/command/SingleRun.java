package org.jobtrail.command;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jobtrail.failure.Reason;
import org.jobtrail.observe.Backlog.Waiting;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.Summary;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;

/** Polls each source once and publishes everything that is not published yet, and signs where that ends. */
final class SingleRun {

    private static final Duration PATIENCE_WITHOUT_PROGRESS = Duration.ofSeconds(60);

    private final Settings settings;
    private final Path home;

    /** What is printed last, and how the process ends. */
    record Result(String summary, int exitCode) {}

    SingleRun(Settings settings, Path home) {
        this.settings = settings;
        this.home = home;
    }

    Result run() throws Exception {
        var cycles = new LinkedBlockingQueue<Cycle>();
        try (Engine engine = new Engine(settings, home, Polls.ONCE, cycles::add)) {
            migrate(engine);
            engine.startRoutes();
            engine.startPublishing();
            Summary summary = awaitAll(engine, cycles);
            engine.pipeline().awaitEndOfCycles();
            Optional<String> unpublished = publishAll(engine);
            // Its last act is a checkpoint.
            engine.publisher().close();
            Optional<String> uncheckpointed = engine.publisher().uncheckpointed();
            return new Result(
                    summary.text()
                            + "; "
                            + unpublished.orElse("everything is published")
                            + uncheckpointed
                                    .map(reason -> "; NO checkpoint taken: " + reason)
                                    .orElse(""),
                    summary.reachedAllSources() && unpublished.isEmpty() && uncheckpointed.isEmpty() ? 0 : 1);
        }
    }

    private static String sentence(Map<String, String> halted, long rows) {
        return "%s HALTED%s: %s"
                .formatted(
                        Counted.of(halted.size(), "organization"),
                        rows == 0 ? "" : ", %s NOT published".formatted(Counted.of(rows, "row")),
                        halted.values().iterator().next());
    }

    private Summary awaitAll(Engine engine, BlockingQueue<Cycle> cycles) throws InterruptedException {
        var ended = new ArrayList<Cycle>();
        while (ended.size() < settings.sources().size()) {
            Cycle next = cycles.poll(1, TimeUnit.SECONDS);
            if (next != null) {
                ended.add(next);
            } else {
                engine.setBack().ifPresent(reason -> {
                    throw new CannotRunException(reason);
                });
            }
        }
        return Summary.of(ended);
    }

    private void migrate(Engine engine) {
        try {
            engine.migrate();
        } catch (SQLException e) {
            throw new CannotRunException("PostgreSQL does not answer at %s: %s"
                    .formatted(settings.database().orElseThrow().url(), Reason.of(e)));
        }
    }

    /** Waits until nothing is left to publish, by us or by another instance; tells why not, where it does not come to that. */
    private Optional<String> publishAll(Engine engine) throws InterruptedException, SQLException {
        long left = Long.MAX_VALUE;
        int batch = engine.publisher().batchSize();
        long progress = System.nanoTime();
        while (System.nanoTime() - progress < PATIENCE_WITHOUT_PROGRESS.toNanos()) {
            Waiting waiting = engine.backlog().waiting();
            long rows = waiting.rows() - waiting.halted();
            Map<String, String> halted = engine.backlog().halted();
            if (rows == 0) {
                return halted.isEmpty() ? Optional.empty() : Optional.of(sentence(halted, waiting.halted()));
            }
            // A smaller batch is nearer to what a slow line takes in time.
            int size = engine.publisher().batchSize();
            if (rows < left || size < batch) {
                left = rows;
                batch = size;
                progress = System.nanoTime();
            }
            Thread.sleep(50);
        }
        return Optional.of("%s NOT published: %s"
                .formatted(
                        Counted.of(left, "row"),
                        engine.publisher().problem().orElse("the publisher makes no progress")));
    }
}
