package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** What could not be recorded of each source, until a write shows that it can be again. Thread-safe. */
public final class RecordingHealth {

    /**
     * What could not be recorded last.
     *
     * @param begun whether the attempt had its number: then only a receipt is news of the source
     */
    private record Unrecorded(String reason, boolean begun, Instant since) {}

    /** The last write that a full or failing disk refused: the disk is that of all sources, so any write that succeeds since ends it. */
    private record Refused(String reason, Instant since) {}

    /** How a cycle went that instances shared. */
    private record SharedCycle(Duration took, String outcome, String reason) {}

    private record Told(SharedCycle cycle, Instant at) {}

    private final Map<String, Unrecorded> unrecorded = new ConcurrentHashMap<>();
    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final AtomicReference<Refused> refused = new AtomicReference<>();
    private final Clock clock;

    RecordingHealth(Clock clock) {
        this.clock = clock;
    }

    /** Takes note that no attempt got its number; {@code noSpace}: the disk of the database is full, or fails. */
    public void notBegun(String source, String reason, boolean noSpace) {
        lost(source, new Unrecorded(reason, false, clock.instant()), noSpace);
    }

    /** Takes note that no receipt tells what an attempt saw. */
    public void notReceived(String source, String reason, boolean noSpace) {
        lost(source, new Unrecorded(reason, true, clock.instant()), noSpace);
    }

    private void lost(String source, Unrecorded what, boolean noSpace) {
        unrecorded.put(source, what);
        if (noSpace) {
            refused.set(new Refused("source %s: %s".formatted(source, what.reason()), what.since()));
        }
    }

    /** An attempt got its number. */
    public void begun(String source) {
        attempted(source);
        refused.set(null);
    }

    /** Another instance has begun an attempt, so long {@code ago}; null where that is not told. To learn of it takes no write. */
    public void begunElsewhere(String source, Duration ago) {
        attempted(source);
        if (ago != null) {
            writesAfter(clock.instant().minus(ago));
        }
    }

    private void attempted(String source) {
        unrecorded.computeIfPresent(source, (name, before) -> before.begun() ? before : null);
    }

    /** A receipt was written. */
    public void received(String source) {
        unrecorded.remove(source);
        refused.set(null);
    }

    /**
     * Takes note of the last cycle that instances shared, as the database tells of it: it may be one from before. That another one was
     * recorded since shows that writes succeed.
     *
     * @param lastComplete how long ago a poll was complete; null where none ever was
     */
    void told(String source, Duration lastComplete, Duration took, String outcome, String reason) {
        Instant now = clock.instant();
        if (lastComplete != null && !lastComplete.isNegative()) {
            receiptsAfter(source, now.minus(lastComplete));
        }
        var last = new SharedCycle(took, outcome, reason);
        Told before = told.put(source, new Told(last, now));
        if (before != null && !before.cycle().equals(last)) {
            // When it ended is not told; that it is another one is.
            receiptsAfter(source, before.at());
        }
    }

    /** A receipt was written at that moment or later, by whichever instance. */
    private void receiptsAfter(String source, Instant moment) {
        unrecorded.computeIfPresent(source, (name, before) -> before.since().isBefore(moment) ? null : before);
        writesAfter(moment);
    }

    private void writesAfter(Instant moment) {
        refused.updateAndGet(before -> before == null || before.since().isBefore(moment) ? null : before);
    }

    /** Why the last that is to be told of a source could not be recorded; empty where it was. */
    Optional<String> problem(String source) {
        return Optional.ofNullable(unrecorded.get(source)).map(Unrecorded::reason);
    }

    /** Why the database takes no writes, by the last write that it refused: whoever only reads does not notice a full disk. */
    Optional<String> refusedByDatabase() {
        return Optional.ofNullable(refused.get()).map(Refused::reason);
    }
}
