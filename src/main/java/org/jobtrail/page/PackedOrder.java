package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.UUID;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The order of elements that are packed: sorted as numbers, without an object for each. Used by one thread at a time. */
public final class PackedOrder implements ElementOrder {

    /** The bits of a number that are a place; the others are a key. */
    private static final int PLACE = 31;

    private final ElementList elements;
    private final boolean uuids;

    /** All that have an id. */
    private final int[] byId;

    private int[] firstById;

    PackedOrder(ElementList elements) {
        this.elements = elements;
        this.uuids = elements.hasUuids();
        this.byId = uuids
                ? sorted(all(), place -> elements.high(place) >>> Integer.SIZE, Comparator.comparing(elements::id))
                : sorted(
                        all().filter(place -> elements.id(place) != null),
                        place -> 0,
                        Comparator.comparing(elements::id));
    }

    private IntStream all() {
        return IntStream.range(0, elements.size());
    }

    @Override
    public int[] firstById() {
        if (firstById == null) {
            firstById = repeatsAnId()
                    ? IntStream.range(0, byId.length)
                            .filter(i -> !isAsBefore(i))
                            .map(i -> byId[i])
                            .toArray()
                    : byId;
        }
        return firstById;
    }

    @Override
    public boolean repeatsAnId() {
        return IntStream.range(0, byId.length).anyMatch(this::isAsBefore);
    }

    private boolean isAsBefore(int i) {
        if (i == 0) {
            return false;
        }
        return uuids
                ? elements.low(byId[i]) == elements.low(byId[i - 1])
                        && elements.high(byId[i]) == elements.high(byId[i - 1])
                : elements.id(byId[i]).equals(elements.id(byId[i - 1]));
    }

    /** Where those stand whose id is another one's, too. */
    public int[] repeated() {
        return IntStream.range(0, byId.length)
                .filter(i -> isAsBefore(i) || i + 1 < byId.length && isAsBefore(i + 1))
                .map(i -> byId[i])
                .toArray();
    }

    @Override
    public IntUnaryOperator comparedWith(String id) {
        UUID wanted = uuids ? ElementBlock.uuid(id) : null;
        return wanted == null ? place -> elements.id(place).compareTo(id) : place -> compare(place, wanted);
    }

    /** As their texts. */
    private int compare(int place, UUID wanted) {
        int order = Long.compareUnsigned(elements.high(place), wanted.getMostSignificantBits());
        return order == 0 ? Long.compareUnsigned(elements.low(place), wanted.getLeastSignificantBits()) : order;
    }

    @Override
    public void addDigests(MessageDigest sha256) {
        Comparator<Integer> digests = (one, other) -> Arrays.compare(elements.digest(one), elements.digest(other));
        for (int place : sorted(all(), elements::digestStart, digests)) {
            elements.addDigest(place, sha256);
        }
    }

    /**
     * @param key of 32 bits, in the same order
     * @param order where the keys do not tell
     */
    private static int[] sorted(IntStream places, IntToLongFunction key, Comparator<Integer> order) {
        long[] keyed = places.mapToLong(place -> key.applyAsLong(place) << PLACE | place)
                .toArray();
        Arrays.sort(keyed);
        var sorted = new int[keyed.length];
        int from = 0;
        for (int i = 0; i < keyed.length; i++) {
            sorted[i] = (int) (keyed[i] & Integer.MAX_VALUE);
            if (i + 1 == keyed.length || keyed[i] >>> PLACE != keyed[i + 1] >>> PLACE) {
                sort(sorted, from, i + 1, order);
                from = i + 1;
            }
        }
        return sorted;
    }

    /** The places within are in order: it stays where nothing tells them apart. */
    private static void sort(int[] places, int from, int to, Comparator<Integer> order) {
        if (to - from > 1) {
            int[] run = Arrays.stream(places, from, to)
                    .boxed()
                    .sorted(order)
                    .mapToInt(Integer::intValue)
                    .toArray();
            System.arraycopy(run, 0, places, from, run.length);
        }
    }
}
