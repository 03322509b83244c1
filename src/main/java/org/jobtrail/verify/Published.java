package org.jobtrail.verify;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/** Which rows of one organization were found on the topic: a bit for each, from the first that is not sealed. */
final class Published {

    private final long first;
    private final BitSet found = new BitSet();
    private final Map<Integer, Long> lastByPartition = new HashMap<>();

    Published(long first) {
        this.first = first;
    }

    /** False where the row was there before, or one after it in the same partition: doubled, or out of order. */
    boolean add(int partition, long seq) {
        Long before = lastByPartition.put(partition, seq);
        int bit = Math.toIntExact(seq - first);
        boolean isNew = !found.get(bit);
        found.set(bit);
        return isNew && (before == null || before < seq);
    }

    /** How many of the rows from one to another are missing, but for those that are excused. */
    long missing(long from, long to, LongPredicate excused) {
        long missing = 0;
        int begin = Math.toIntExact(Math.max(from, first) - first);
        for (int bit = found.nextClearBit(begin); bit <= to - first; bit = found.nextClearBit(bit + 1)) {
            missing += excused.test(first + bit) ? 0 : 1;
        }
        return missing;
    }

    /** The last that was found; the one before the first where none was. */
    long last() {
        return first + found.length() - 1L;
    }
}
