package org.jobtrail.observe;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at the database once for all who ask at the same time. Each gauge of a scrape asks for itself: where the database is
 * away, each would wait for it, and all metrics would miss the scrape's timeout in the very outage. Thread-safe.
 */
public final class DatabaseLooks {

    private static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();

    /** @param at when it had ended: one that failed took longer than it is kept */
    private record Kept(DatabaseLook look, long at) {}

    private final Supplier<DatabaseLook> database;
    private final LongSupplier nanos;
    private Kept kept;

    /** @param nanos passes steadily, whatever is done to the clock */
    public DatabaseLooks(Backlog backlog, LongSupplier nanos) {
        this(backlog::look, nanos);
    }

    DatabaseLooks(Supplier<DatabaseLook> database, LongSupplier nanos) {
        this.database = database;
        this.nanos = nanos;
    }

    /** Whoever comes while somebody looks waits for what that one sees. */
    synchronized DatabaseLook last() {
        if (kept == null || nanos.getAsLong() - kept.at() >= KEPT_NANOS) {
            DatabaseLook look = database.get();
            kept = new Kept(look, nanos.getAsLong());
        }
        return kept.look();
    }
}
