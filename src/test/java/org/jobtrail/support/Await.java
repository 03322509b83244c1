package org.jobtrail.support;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits for what others do, and fails where it does not come. */
public final class Await {

    private Await() {}

    /** @param what is told where it did not come in time */
    public static void until(Duration patience, Supplier<String> what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("NEVER: " + what.get());
            }
            Thread.sleep(50);
        }
    }

    /** Until the latch is at zero, for a minute. */
    public static void until(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("NEVER: " + latch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Until as many as the latch counts wait for it. */
    public static void together(CountDownLatch latch) {
        latch.countDown();
        until(latch);
    }
}
