package org.jobtrail.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waiting for something that another process does and does not tell. An interrupt is kept for later: all waits here are short,
 * and a server whose stop is given up half way runs on.
 */
final class Pause {
    private Pause() {}

    /** True as soon as the condition holds, false when it did not for the whole time. */
    static boolean until(BooleanSupplier condition, Duration atMost) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - start > atMost.toNanos()) {
                    return false;
                }
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static void of(Duration duration) {
        until(() -> false, duration);
    }
}
