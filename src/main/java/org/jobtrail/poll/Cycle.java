package org.jobtrail.poll;

import java.util.Optional;

/** One poll of one source, from the timer's tick to its receipt. */
public final class Cycle {

    private final String source;
    private final long startedNanos;
    private volatile long endedNanos;
    private volatile Attempt attempt;
    private volatile boolean begunElsewhere;

    Cycle(String source, long startedNanos) {
        this.source = source;
        this.startedNanos = startedNanos;
        this.endedNanos = startedNanos;
    }

    void begun(Attempt begun) {
        attempt = begun;
    }

    /** Another instance has begun it. */
    void begunElsewhere() {
        begunElsewhere = true;
    }

    /** True where instances do it together: then the one that ends it tells how it ended. */
    boolean isShared() {
        return begunElsewhere || attempt != null && attempt.share() != null;
    }

    void ended(long nanos) {
        endedNanos = nanos;
    }

    String source() {
        return source;
    }

    long startedNanos() {
        return startedNanos;
    }

    long endedNanos() {
        return endedNanos;
    }

    /** None where not even that could be noted: the database did not answer. */
    Optional<Attempt> attempt() {
        return Optional.ofNullable(attempt);
    }

    /** True where the source was reached: what is wrong with a single organization is in the receipt. */
    boolean reached() {
        return attempt != null && attempt.reached();
    }
}
