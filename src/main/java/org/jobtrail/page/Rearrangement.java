package org.jobtrail.page;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Where the known elements of a page stand now, in the order in which they stood before, and where new ones do. */
final class Rearrangement {

    private static final int GONE = -1;

    private final int[] now;
    private int[] newPlaces = new int[8];
    private int newCount;
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
        if (newCount == newPlaces.length) {
            newPlaces = Arrays.copyOf(newPlaces, 2 * newCount);
        }
        newPlaces[newCount++] = place;
    }

    int newCount() {
        return newCount;
    }

    boolean allAsTheyWere() {
        return newCount == 0 && kept == now.length;
    }

    /** Where the new ones stand, in order. */
    int[] newPlaces() {
        return Arrays.copyOf(newPlaces, newCount);
    }

    /** Where the known ones stood that are gone. */
    int[] gone() {
        return IntStream.range(0, now.length)
                .filter(known -> now[known] == GONE)
                .toArray();
    }

    /** Where the known ones from these places stand now, without those that are gone. */
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
