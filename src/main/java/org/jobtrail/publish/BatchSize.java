package org.jobtrail.publish;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How many rows a batch may have. One that a slow broker, or a slow way to it, does not take in time would not be taken the next time
 * either: each attempt has a quarter of the rows, and as many as before only step by step. Written by one thread.
 */
final class BatchSize {

    private static final int MOST_ROWS = 2_000;

    /** With fewer, what takes its time is not their number: a partition without a leader, a transaction's own round trips. */
    private static final int FEWEST_OF_A_LATE_ONE = 50;

    /** So many full batches that were taken, not quickly but in time, are a reason to try a little more. */
    private static final int IN_A_ROW = 8;

    private final Duration quick;
    private volatile int rows = MOST_ROWS;
    private int inARow;

    /** @param limit after which Kafka's producer gives a record up */
    BatchSize(Duration limit) {
        this.quick = limit.dividedBy(4);
    }

    int rows() {
        return rows;
    }

    /** @param refused how many rows the batch had that Kafka refuses for one of them */
    void halve(int refused) {
        change(Math.max(1, refused / 2));
    }

    /** @param sent how many rows the batch had that failed */
    void failed(int sent, Throwable failure) {
        if (Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(TimeoutException.class::isInstance)) {
            change(Math.max(Math.min(FEWEST_OF_A_LATE_ONE, rows), sent / 4));
        }
    }

    /** @param sent how many rows the batch had that Kafka took */
    void taken(int sent, Duration took) {
        if (sent < rows) {
            return;
        }
        if (took.compareTo(quick) < 0) {
            change(Math.min(2 * rows, MOST_ROWS));
        } else if (++inARow == IN_A_ROW) {
            change(Math.min(rows + rows / 4, MOST_ROWS));
        }
    }

    private void change(int to) {
        rows = to;
        inARow = 0;
    }
}
