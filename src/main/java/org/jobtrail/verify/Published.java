package org.jobtrail.verify;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/** Which rows of one organization were found on the topic: a bit for each, from the first that is not sealed. */
final class Published {

    /** More bits than there may be. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    private final long first;
    private final BitSet found = new BitSet();
    private final Map<Integer, Long> lastByPartition = new HashMap<>();

    Published(long first) {
        this.first = first;
    }

    /**
     * False where the row was there before, or one after it in the same partition: doubled, or out of order.
     *
     * @throws UnverifiableException where there is no bit for it: somebody has put a cursor that far, and a new epoch has gone on from there
     */
    boolean add(int partition, long seq) {
        Long before = lastByPartition.put(partition, seq);
        int bit = bit(seq);
        boolean isNew = !found.get(bit);
        found.set(bit);
        return isNew && (before == null || before < seq);
    }

    /** Whether the row was found. */
    boolean holds(long seq) {
        return seq >= first && found.get(bit(seq));
    }

    /** The first of the rows from one to another that was not found; one beyond them where all were. */
    long nextMissing(long from, long to) {
        if (to < Math.max(from, first)) {
            return to + 1;
        }
        return Math.min(first + found.nextClearBit(bit(Math.max(from, first))), first + bit(to) + 1L);
    }

    /** How many of the rows from one to another are missing, but for those that are excused. */
    long missing(long from, long to, LongPredicate excused) {
        if (to < first) {
            return 0;
        }
        long missing = 0;
        int end = bit(to);
        for (int bit = found.nextClearBit(bit(Math.max(from, first))); bit <= end; bit = found.nextClearBit(bit + 1)) {
            missing += excused.test(first + bit) ? 0 : 1;
        }
        return missing;
    }

    private int bit(long seq) {
        if (seq - first >= MOST) {
            throw new UnverifiableException(
                    "row %d comes %d numbers after the first that is not sealed: of no more than %d can be said whether they are on the topic"
                            .formatted(seq, seq - first, MOST));
        }
        return (int) (seq - first);
    }

    /** The last that was found; the one before the first where none was. */
    long last() {
        return first + found.length() - 1L;
    }
}
