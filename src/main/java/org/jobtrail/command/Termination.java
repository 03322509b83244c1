package org.jobtrail.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT, made into an ordinary end: what is at work is told, what it does in stopping is waited for, and the exit
 * code is 0. Without it the JVM would end under the feet of a transaction.
 */
final class Termination implements AutoCloseable {

    /** Longer than all that stops, one after the other, may take; shorter than the grace period of the container. */
    private static final long GRACE_SECONDS = 80;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
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
            if (done.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything has stopped. */
    @Override
    public void close() {
        done.countDown();
        if (!asked()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // A signal came in this very moment: the hook does the rest.
            }
        }
    }
}
