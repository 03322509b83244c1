package org.jobtrail.record;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.OwnedJobs;
import org.jobtrail.record.LastPolls.LastPoll;

/**
 * The list of all jobs of a source, compared with what was recorded last: which organizations have the very jobs that they had then.
 * Used by one thread at a time.
 */
public final class AllJobsComparison {

    /** Then an organization's own list is read again; of some after half of it already, so that it is not all of them in one poll. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Jobs in a list, on average: longer ones are better read several at once. */
    private static final int SHORT = 50;

    private static final long SHORTEST_NANOS = LONGEST.toNanos() / 2;

    private final Map<String, LastPoll> known;
    private final long nanos;
    private final Contents before;
    private final Map<String, String> contents = new HashMap<>();
    private final Map<String, LastPoll> unchanged = new HashMap<>();
    private OwnedJobs owned = OwnedJobs.none();
    private String contradicted;
    private int listed;

    /** What the list of all jobs had of each organization, and when its comparison began. */
    record Contents(long nanos, Map<String, String> contents, OwnedJobs owned) {

        static final Contents NOTHING = new Contents(0, Map.of(), OwnedJobs.none());
    }

    /** @param before what the last one had, where that was in the poll before */
    AllJobsComparison(Map<String, LastPoll> known, long nanos, Contents before) {
        this.known = known;
        this.nanos = nanos;
        this.before = before;
    }

    /** False where too little is known, or there are too many jobs. */
    boolean isWorthwhile(int polled, int mostJobs) {
        return known.size() >= polled / 2 && jobs() <= Math.min(mostJobs, (long) SHORT * known.size());
    }

    private int jobs() {
        return known.values().stream().mapToInt(last -> last.list().jobs()).sum();
    }

    void compare(JobList list) {
        listed = list.getJobs().size();
        if (list.doubt().isPresent()) {
            return;
        }
        list.byOwner().ifPresent(byOwner -> {
            owned = byOwner;
            compare(this::contentDigest);
        });
    }

    private String contentDigest(String organizationId) {
        String saidBefore =
                owned.isAsIn(before.owned(), organizationId) ? before.contents().get(organizationId) : null;
        return saidBefore == null ? owned.contentDigest(organizationId) : saidBefore;
    }

    void compare(UnaryOperator<String> contentDigests) {
        known.forEach((organizationId, last) -> {
            String content = contentDigests.apply(organizationId);
            contents.put(organizationId, content);
            if (!content.equals(last.list().contentDigest())) {
                if (saidTheSameBefore(organizationId, content, last)) {
                    contradicted = organizationId;
                }
            } else if (!isDue(organizationId, last)) {
                unchanged.put(organizationId, last);
            }
        });
        if (contradicted != null) {
            unchanged.clear();
        }
    }

    /** Though the organization's own list, which was read after that, says otherwise: then one of the two is not to be believed. */
    private boolean saidTheSameBefore(String organizationId, String content, LastPoll last) {
        return content.equals(before.contents().get(organizationId)) && last.nanos() - before.nanos() > 0;
    }

    private boolean isDue(String organizationId, LastPoll last) {
        long spread = (organizationId.hashCode() * 0x9E3779B9L & 0xFFFF_FFFFL) >>> 16;
        return nanos - last.nanos() >= SHORTEST_NANOS + (spread * SHORTEST_NANOS >>> 16);
    }

    /** What the statement is given that tells of whom what is known is not so any more. */
    Map<String, Object> parameters(String source) {
        var ids = SentArray.ofTexts();
        var claims = SentArray.ofTexts();
        var contentDigests = SentArray.ofTexts();
        unchanged.forEach((organizationId, last) -> {
            ids.add(organizationId);
            claims.add(Long.toString(last.claim()));
            contentDigests.add(last.list().contentDigest());
        });
        return Map.of("source", source, "organization_ids", ids, "claims", claims, "contents", contentDigests);
    }

    Map<String, LastPoll> unchanged(Set<String> claimedSince) {
        unchanged.keySet().removeAll(claimedSince);
        return unchanged;
    }

    Contents contents() {
        return new Contents(nanos, contents, owned);
    }

    /** An organization whose own list says otherwise, and said so before. */
    Optional<String> contradicted() {
        return Optional.ofNullable(contradicted);
    }

    /** True where it spared half of the organizations or more, and did not list others' jobs above all. */
    boolean wasWorthIt(int polled) {
        return unchanged.size() >= polled / 2 && listed <= 2 * jobs();
    }
}
