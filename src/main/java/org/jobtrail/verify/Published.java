package org.jobtrail.verify;

import java.util.HashMap;
import java.util.Map;

/** What of one organization was found on the topic. */
final class Published {

    private final Map<Integer, Long> lastByPartition = new HashMap<>();
    private long events;
    private long lastSeq;

    /** False where the event is not later than the one before it in its partition: doubled, or out of order. */
    boolean add(int partition, long seq) {
        Long before = lastByPartition.put(partition, seq);
        events++;
        lastSeq = Math.max(lastSeq, seq);
        return before == null || before < seq;
    }

    long events() {
        return events;
    }

    long lastSeq() {
        return lastSeq;
    }
}
