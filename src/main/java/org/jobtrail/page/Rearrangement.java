package org.jobtrail.page;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Where the elements of a page that were known stand now, in the order in which they stood, and where others do. */
final class Rearrangement {

    private static final int GONE = -1;

    private final int[] now;
    private int[] others = new int[8];
    private int othersCount;
    private int kept;

    /** @param known how many were known: all gone, until something else is told of them */
    Rearrangement(int known) {
        this.now = new int[known];
        Arrays.fill(now, GONE);
    }

    void standsAt(int known, int place) {
        now[known] = place;
        kept++;
    }

    void addNew(int place) {
        if (othersCount == others.length) {
            others = Arrays.copyOf(others, 2 * othersCount);
        }
        others[othersCount++] = place;
    }

    int others() {
        return othersCount;
    }

    boolean allAsTheyWere() {
        return othersCount == 0 && kept == now.length;
    }

    /** Those of others, in order. */
    int[] ofOthers() {
        return Arrays.copyOf(others, othersCount);
    }

    /** Where those stood that are not there any more. */
    int[] gone() {
        return IntStream.range(0, now.length)
                .filter(known -> now[known] == GONE)
                .toArray();
    }

    /** Where those stand now that stood there, without those that are gone. */
    int[] moved(int[] before) {
        var moved = new int[before.length];
        int count = 0;
        for (int place : before) {
            if (now[place] != GONE) {
                moved[count++] = now[place];
            }
        }
        return count == moved.length ? moved : Arrays.copyOf(moved, count);
    }
}
