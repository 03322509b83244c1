package org.jobtrail.publish;

import java.time.Duration;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How many rows a batch may have. One that a slow broker, or a slow way to it, does not take in time would not be taken the next time
 * either: each attempt has half as many, and as many as before only when Kafka takes them with time to spare. Used by one thread.
 */
final class BatchSize {

    private static final int MOST_ROWS = 2_000;

    /** Of the 20 s after which Kafka's producer gives a record up: twice as much takes twice as long. */
    private static final Duration IN_GOOD_TIME = Duration.ofSeconds(5);

    private int rows = MOST_ROWS;

    int rows() {
        return rows;
    }

    /** @param refused how many rows the batch had */
    void halve(int refused) {
        rows = Math.max(1, refused / 2);
    }

    void halveIfLate(int refused, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                halve(refused);
                return;
            }
        }
    }

    void widen(int taken, Duration took) {
        if (taken >= rows && took.compareTo(IN_GOOD_TIME) < 0) {
            rows = Math.min(2 * rows, MOST_ROWS);
        }
    }

    void widen() {
        rows = MOST_ROWS;
    }
}
