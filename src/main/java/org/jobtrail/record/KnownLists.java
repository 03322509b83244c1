package org.jobtrail.record;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.LruCache;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.veeam.JobType;

/**
 * The lists that this instance recorded last, by digest, so that the history need not be asked what it knows of their jobs. Good only
 * where the claim tells the same content: whoever else changes what is known takes that from it. What was not used for the longest
 * time is forgotten where there is no room. Thread-safe.
 */
public final class KnownLists {

    private final LruCache<Key, Known> lists;

    private record Key(String organizationId, JobType type) {}

    private record Known(String contentDigest, List<KnownJob> jobs) {}

    /** @param most jobs, of all lists */
    KnownLists(long most) {
        lists = new LruCache<>(most, known -> known.jobs().size());
    }

    /** As many as fit into a small share of the memory that there may be. */
    public static KnownLists ofThisProcess() {
        return new KnownLists(KnownPages.jobsThatFit());
    }

    /** What is known of all jobs of a list, where it is the one with this content. */
    Optional<List<KnownJob>> of(String organizationId, JobType type, String contentDigest) {
        return lists.of(new Key(organizationId, type))
                .filter(known -> known.contentDigest().equals(contentDigest))
                .map(Known::jobs);
    }

    /** @param count how many are known: of very many, what is known would not fit into the memory even for a moment */
    void keep(String organizationId, JobType type, String contentDigest, int count, Supplier<List<KnownJob>> asked) {
        var key = new Key(organizationId, type);
        lists.forget(key);
        if (count <= lists.most()) {
            lists.keep(key, new Known(contentDigest, asked.get()));
        }
    }
}
