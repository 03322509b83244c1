package org.jobtrail.record;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jobtrail.fetch.JobType;
import org.jobtrail.transform.KnownJob;

/**
 * The lists that this instance recorded last, by digest, so that the history need not be asked what it knows of their jobs. Good only
 * where the claim tells the same content: whoever else changes what is known takes that from it. What was not used for the longest
 * time is forgotten where there is no room. Thread-safe.
 */
public final class KnownLists {

    private static final int BYTES_PER_JOB = 250;
    private static final int SHARE_OF_MEMORY = 16;

    private final long most;
    private final Map<Key, Known> lists = new LinkedHashMap<>(16, 0.75f, true);
    private long jobs;

    private record Key(String organizationId, JobType type) {}

    private record Known(String contentDigest, List<KnownJob> jobs) {}

    /** @param most jobs, of all lists */
    KnownLists(long most) {
        this.most = most;
    }

    /** As many as fit into a small share of the memory that there may be. */
    public static KnownLists ofThisProcess() {
        return new KnownLists(Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY / BYTES_PER_JOB);
    }

    /** What is known of all jobs of a list, where it is the one with this content. */
    synchronized Optional<List<KnownJob>> of(String organizationId, JobType type, String contentDigest) {
        return Optional.ofNullable(lists.get(new Key(organizationId, type)))
                .filter(known -> known.contentDigest().equals(contentDigest))
                .map(Known::jobs);
    }

    /** @param count how many are known: of very many, what is known would not fit into the memory even for a moment */
    synchronized void keep(
            String organizationId, JobType type, String contentDigest, int count, Supplier<List<KnownJob>> asked) {
        forget(lists.remove(new Key(organizationId, type)));
        if (count > most) {
            return;
        }
        List<KnownJob> known = asked.get();
        lists.put(new Key(organizationId, type), new Known(contentDigest, known));
        jobs += known.size();
        Iterator<Known> oldest = lists.values().iterator();
        while (jobs > most) {
            forget(oldest.next());
            oldest.remove();
        }
    }

    private void forget(Known known) {
        jobs -= known == null ? 0 : known.jobs().size();
    }
}
