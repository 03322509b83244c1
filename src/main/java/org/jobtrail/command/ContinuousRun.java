package org.jobtrail.command;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.jobtrail.failure.Reason;
import org.jobtrail.observe.ObserveServer;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls and publishes until it is told to stop. Neither a dead source, nor a dead database, nor a dead Kafka ends it. */
final class ContinuousRun {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.run");
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Settings settings;
    private final Path home;
    private final Termination termination;

    ContinuousRun(Settings settings, Path home, Termination termination) {
        this.settings = settings;
        this.home = home;
        this.termination = termination;
    }

    void run() throws InterruptedException {
        try (Engine engine = new Engine(settings, home, Polls.ALWAYS, summary -> {});
                ObserveServer observe = ObserveServer.start(settings.http(), engine.health(), engine.metrics())) {
            LOG.info(
                    "health and metrics at http://{}:{}/observe/health and /observe/metrics",
                    settings.http().host(),
                    observe.port());
            migrate(engine);
            if (!termination.asked()) {
                engine.startRoutes();
                engine.startPublishing();
                termination.await();
            }
        }
    }

    private void migrate(Engine engine) throws InterruptedException {
        String told = null;
        while (!termination.asked()) {
            try {
                engine.migrate();
                return;
            } catch (SQLException e) {
                String reason = Reason.of(e);
                if (!reason.equals(told)) {
                    LOG.warn("PostgreSQL is not ready, trying again until it is: {}", reason);
                    told = reason;
                }
                termination.await(PAUSE);
            }
        }
    }
}
