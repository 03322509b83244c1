package org.jobtrail.record;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jobtrail.fetch.Organization;

/**
 * Organizations that are polled together. What was found of each waits until there is enough of it for a statement, or none is to begin
 * any more: of a list in which little changed, the statement takes longer than what it records. Thread-safe.
 */
public final class Batch {

    private static final int MOST_POLLS = 50;
    private static final long LONGEST_NANOS = Duration.ofMillis(200).toNanos();
    private static final int SHARE_OF_MEMORY = 32;
    private static final long MOST_BYTES = 64_000_000;

    private final List<Organization> organizations;
    private final LongSupplier nanos;
    private final long mostBytes;
    private List<Recording> waiting = new ArrayList<>();
    private Map<String, Claim> claims = Map.of();
    private int toBegin;
    private long since;
    private long size;
    private long bytes;

    Batch(List<Organization> organizations, LongSupplier nanos, long mostBytes) {
        this.organizations = organizations;
        this.nanos = nanos;
        this.mostBytes = mostBytes;
        this.toBegin = organizations.size();
    }

    static Batch of(List<Organization> organizations) {
        return new Batch(
                organizations,
                System::nanoTime,
                Math.min(Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY, MOST_BYTES));
    }

    public List<Organization> getOrganizations() {
        return organizations;
    }

    synchronized void claimed(Map<String, Claim> all) {
        claims = all;
    }

    /** The claim of an organization that is read next; null where it could not be had with the others. */
    synchronized Claim begin(Organization organization) {
        toBegin--;
        return claims.get(organization.id());
    }

    /** False where it is to be recorded alone: it is as much as a statement takes, or cannot wait. */
    synchronized boolean keep(Recording recording) {
        long itsBytes = recording.bytes().orElse(Long.MAX_VALUE);
        if (recording.size() >= Portions.MOST || itsBytes > mostBytes) {
            return false;
        }
        if (waiting.isEmpty()) {
            since = nanos.getAsLong();
        }
        waiting.add(recording);
        size += recording.size();
        bytes += itsBytes;
        return true;
    }

    synchronized boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** True where there is enough, or what there is has waited for long enough. */
    synchronized boolean isDue() {
        boolean enough = waiting.size() >= MOST_POLLS || size >= Portions.MOST || bytes >= mostBytes;
        return isWaiting() && (enough || toBegin <= 0 || nanos.getAsLong() - since >= LONGEST_NANOS);
    }

    /** What is due does not wait any more. */
    synchronized List<Recording> due() {
        return isDue() ? rest() : List.of();
    }

    /** All that waits. */
    synchronized List<Recording> rest() {
        List<Recording> all = waiting;
        waiting = new ArrayList<>();
        size = 0;
        bytes = 0;
        return all;
    }
}
