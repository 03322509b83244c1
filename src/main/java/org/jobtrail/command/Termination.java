package org.jobtrail.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT, made into an ordinary end: what is at work is told, what it does in stopping is waited for, and the exit
 * code is its own, 0 where all went well. Without it the JVM would end under the feet of a transaction.
 */
public final class Termination implements AutoCloseable {

    /** Longer than all that stops, one after the other, may take; shorter than the grace period of the container. */
    private static final Duration GRACE = Duration.ofSeconds(80);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onSignal, "termination");

    Termination() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean asked() {
        return asked.getCount() == 0;
    }

    /** Returns true as soon as the end is asked for. */
    boolean await(Duration patience) throws InterruptedException {
        return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    void await() throws InterruptedException {
        asked.await();
    }

    private void onSignal() {
        asked.countDown();
        try {
            // Work that ends in time has halted the JVM by then, with its exit code; this is for work that does not.
            Thread.sleep(GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything has stopped. */
    @Override
    public void close() {
        if (!asked()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // A signal came in this very moment: whoever ends the program finds that out, too.
            }
        }
    }

    /** Ends the JVM, also where a signal has begun that: exit would wait for its hooks, and ours for us. */
    public static void end(int exitCode) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {}));
        } catch (IllegalStateException e) {
            Runtime.getRuntime().halt(exitCode);
        }
        System.exit(exitCode);
    }
}
