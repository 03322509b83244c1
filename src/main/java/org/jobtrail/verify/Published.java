package org.jobtrail.verify;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Which rows of one organization were found on the topic: a bit for each. */
final class Published {

    private final BitSet found = new BitSet();
    private final Map<Integer, Long> lastByPartition = new HashMap<>();

    /** False where the row was there before, or one after it in the same partition: doubled, or out of order. */
    boolean add(int partition, long seq) {
        Long before = lastByPartition.put(partition, seq);
        int bit = Math.toIntExact(seq);
        boolean first = !found.get(bit);
        found.set(bit);
        return first && (before == null || before < seq);
    }

    /** How many of the rows up to this one are missing. */
    long missing(long upTo) {
        return upTo - found.get(0, Math.toIntExact(upTo) + 1).cardinality();
    }

    long last() {
        return found.length() - 1L;
    }
}
