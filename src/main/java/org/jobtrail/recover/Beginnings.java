package org.jobtrail.recover;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the topic begins, for each organization. Retention removes the oldest events of a partition, and an organization's jobs are
 * spread over all of them: behind its first event on the topic, others may still be gone.
 */
final class Beginnings {

    private final Map<String, Map<Integer, Long>> first = new HashMap<>();

    void add(String organizationId, int partition, long seq) {
        first.computeIfAbsent(organizationId, id -> new HashMap<>()).merge(partition, seq, Math::min);
    }

    /**
     * After which row retention has removed nothing: in each partition that it shortened, the first that is left.
     *
     * @param shortened the partitions of which it has removed the beginning; where nothing of the organization is left in one of
     *     them, nobody knows what was there
     */
    long wholeAfter(String organizationId, Set<Integer> shortened) {
        Map<Integer, Long> left = first.getOrDefault(organizationId, Map.of());
        return shortened.stream()
                .mapToLong(partition -> left.getOrDefault(partition, Long.MAX_VALUE))
                .max()
                .orElse(0);
    }
}
