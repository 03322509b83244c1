package org.jobtrail.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which rows are absent because of retention. The rule: an event is lawfully gone only where its partition has lost its beginning, and
 * holds no event of an earlier row of the same organization any more; for a partition has an organization's events in the order of its
 * rows, and retention removes from its beginning. Of an organization that has nothing left in such a partition, nobody can tell more.
 */
public final class Beginnings {

    private final Map<String, Map<Integer, Long>> first = new HashMap<>();
    private final Set<Integer> shortened = new HashSet<>();

    /** This is on the topic. */
    public void add(String organizationId, int partition, long seq) {
        first.computeIfAbsent(organizationId, id -> new HashMap<>()).merge(partition, seq, Math::min);
    }

    /** Whatever was on the topic of this partition, retention has removed it meanwhile. */
    void forget(int partition) {
        first.values().forEach(left -> left.remove(partition));
    }

    /** Retention has removed the beginning of these partitions. */
    public void shortened(Set<Integer> partitions) {
        shortened.addAll(partitions);
    }

    /** True where nothing was removed from any. */
    boolean isWhole() {
        return shortened.isEmpty();
    }

    boolean explains(String organizationId, int partition, long seq) {
        return shortened.contains(partition)
                && seq < first.getOrDefault(organizationId, Map.of()).getOrDefault(partition, Long.MAX_VALUE);
    }

    /** As {@link #explains(String, int, long)}, for a row whose partition nobody knows. */
    boolean explains(String organizationId, long seq) {
        return shortened.stream().anyMatch(partition -> explains(organizationId, partition, seq));
    }

    /**
     * After which row retention has removed nothing: in each partition that it shortened, the first that is left. Where nothing of the
     * organization is left in one of them, nobody knows what was there.
     */
    public long wholeAfter(String organizationId) {
        Map<Integer, Long> left = first.getOrDefault(organizationId, Map.of());
        return shortened.stream()
                .mapToLong(partition -> left.getOrDefault(partition, Long.MAX_VALUE))
                .max()
                .orElse(0);
    }

    /** Up to which row it explains all, whatever their partitions are. */
    long explainedUpTo(String organizationId, int partitions) {
        Set<Integer> all = IntStream.range(0, partitions).boxed().collect(Collectors.toSet());
        if (all.isEmpty() || !shortened.containsAll(all)) {
            return 0;
        }
        Map<Integer, Long> left = first.getOrDefault(organizationId, Map.of());
        return all.stream()
                .mapToLong(partition -> left.getOrDefault(partition, Long.MAX_VALUE) - 1)
                .min()
                .getAsLong();
    }
}
