package org.jobtrail.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** PostgreSQL is a process of its own, which would outlive ours where a signal ends that: it is told to stop then. */
final class EndOfProcess {
    /** A server that is being launched says soon which process it is. */
    private static final Duration LAUNCH = Duration.ofSeconds(5);

    private final PostgresCluster cluster;
    private final Thread hook = new Thread(this::stop, "end of process");
    private volatile boolean launching;
    private boolean come;

    EndOfProcess(PostgresCluster cluster) {
        this.cluster = cluster;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Launches the server, but none that nobody would stop any more. */
    void launch() throws IOException, InterruptedException {
        beginToLaunch();
        try {
            cluster.launch();
        } finally {
            launching = false;
        }
    }

    private synchronized void beginToLaunch() {
        if (come) {
            throw new IllegalStateException("the program is told to end");
        }
        launching = true;
    }

    private synchronized void come() {
        come = true;
    }

    /** Whoever else ends the server does it when nobody needs it any more. */
    void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It has come.
        }
    }

    /** Only told, and not waited for: meanwhile, who still works with it would complain. */
    private void stop() {
        come();
        Pause.until(() -> !launching || server().isPresent(), LAUNCH);
        server().ifPresent(Postmaster::tellToStop);
    }

    private Optional<Postmaster> server() {
        try {
            return Postmaster.of(cluster.data());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
