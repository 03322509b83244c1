package org.jobtrail.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for something that another process does and does not tell. */
final class Pause {
    private Pause() {}

    /** True as soon as the condition holds, false when it did not for the whole time. */
    static boolean until(BooleanSupplier condition, Duration atMost) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > atMost.toNanos()) {
                return false;
            }
            of(Duration.ofMillis(20));
        }
        return true;
    }

    static void of(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServersException("The start of the embedded servers was interrupted.", e);
        }
    }
}
