package org.jobtrail.record;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jobtrail.veeam.Organization;

/**
 * Organizations that are polled together. What was found of each waits until there is enough of it for a statement, or none is to begin
 * any more: of a list in which little changed, the statement takes longer than what it records. Thread-safe.
 */
public final class Batch {

    private static final int MOST_POLLS = 50;

    /** In their lists: of each some hundred bytes are in memory until they are recorded. */
    private static final int MOST_JOBS = 50_000;

    private static final long LONGEST_NANOS = Duration.ofMillis(200).toNanos();

    private final List<Organization> organizations;
    private final LongSupplier nanos;
    private List<Recording> waiting = new ArrayList<>();
    private Map<String, Claim> claims = Map.of();
    private int toBegin;
    private long since;
    private int size;
    private int jobs;
    private long bytes;

    /** @param nanos a clock, as {@link System#nanoTime} */
    Batch(List<Organization> organizations, LongSupplier nanos) {
        this.organizations = organizations;
        this.nanos = nanos;
        this.toBegin = organizations.size();
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
        int itsSize = recording.size();
        int itsJobs = recording.jobs();
        long itsBytes = recording.bytes();
        if (!recording.canWait() || isEnough(itsSize, itsJobs, itsBytes)) {
            return false;
        }
        if (waiting.isEmpty()) {
            since = nanos.getAsLong();
        }
        recording.startWaiting();
        waiting.add(recording);
        size += itsSize;
        jobs += itsJobs;
        bytes += itsBytes;
        return true;
    }

    private static boolean isEnough(int size, int jobs, long bytes) {
        return size >= Portions.MOST || jobs >= MOST_JOBS || bytes >= Portions.MOST_BYTES;
    }

    /** True where any wait. */
    public synchronized boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** True where there is enough, or what there is has waited for long enough. */
    public synchronized boolean isDue() {
        boolean enough = waiting.size() >= MOST_POLLS || isEnough(size, jobs, bytes);
        return isWaiting() && (enough || toBegin <= 0 || nanos.getAsLong() - since >= LONGEST_NANOS);
    }

    /** All that waits, and does not any more. */
    synchronized List<Recording> take() {
        List<Recording> all = waiting;
        waiting = new ArrayList<>();
        size = 0;
        jobs = 0;
        bytes = 0;
        return all;
    }
}
