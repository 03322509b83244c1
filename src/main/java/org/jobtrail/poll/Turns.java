package org.jobtrail.poll;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When it may be time to begin a cycle: whether it is, PostgreSQL says, which knows of those of other instances. Thread-safe. */
final class Turns {

    /** How often it is asked whether a cycle that takes longer than a period has ended. */
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    /** An instance that has just started and has not reached Kafka yet does not begin a cycle that it would have to do alone. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

    private final Duration period;
    private final Sharing sharing;
    private final Map<String, Long> looksAt = new ConcurrentHashMap<>();
    private final long startedNanos = System.nanoTime();

    Turns(Duration period, Sharing sharing) {
        this.period = period;
        this.sharing = sharing;
    }

    /**
     * True where it may be time; then the next turn comes after a period, where the database does not say otherwise: if it cannot be
     * asked, it is asked again as often as by whoever polls alone.
     */
    boolean take(String source) {
        long now = System.nanoTime();
        boolean joining = !sharing.hasJoined(source) && now - startedNanos < FIRST_WAIT.toNanos();
        if (sharing.shared() && (joining || looksAt.getOrDefault(source, now) - now > 0)) {
            return false;
        }
        looksAt.put(source, now + period.toNanos());
        return true;
    }

    void askAgain(String source, double dueInSeconds) {
        long wait = dueInSeconds > 0 ? (long) (dueInSeconds * 1e9) : NEXT_LOOK.toNanos();
        looksAt.put(source, System.nanoTime() + Math.min(wait, period.toNanos()));
    }
}
