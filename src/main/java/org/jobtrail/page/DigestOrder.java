package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What was read of the elements of a page or a list, and the order of their ids and of their digests. To sort them each time would
 * take longer than anything else that is done for an element that is as it was: the order goes on to the next answer. Thread-safe.
 */
final class DigestOrder implements ElementOrder {

    private final List<ElementDigest> elements;
    private int[] byId;
    private SortedDigests digests;

    DigestOrder(List<ElementDigest> elements) {
        this.elements = elements;
    }

    static DigestOrder of(List<ListElement> elements) {
        return new DigestOrder(elements.stream().map(ListElement::content).toList());
    }

    List<ElementDigest> all() {
        return elements;
    }

    @Override
    public synchronized int[] firstById() {
        if (byId == null) {
            byId = firsts(sorted(
                    IntStream.range(0, elements.size())
                            .filter(place -> elements.get(place).id() != null)
                            .toArray(),
                    ids()));
        }
        return byId;
    }

    @Override
    public IntUnaryOperator comparedWith(String id) {
        return place -> elements.get(place).id().compareTo(id);
    }

    @Override
    public boolean repeatsAnId() {
        int[] firsts = firstById();
        return firsts.length < elements.size()
                && firsts.length
                        < elements.stream()
                                .filter(element -> element.id() != null)
                                .count();
    }

    @Override
    public void addDigests(MessageDigest sha256) {
        digests().addTo(sha256);
    }

    private synchronized SortedDigests digests() {
        if (digests == null) {
            digests = SortedDigests.of(elements);
        }
        return digests;
    }

    /** The order of the next answer to the same request. */
    synchronized DigestOrder next(List<ListElement> now, Rearrangement moves) {
        if (moves.allAsTheyWere()) {
            return this;
        }
        DigestOrder next = of(now);
        next.follow(this, moves);
        return next;
    }

    /** Takes over the order of those that stay, as far as it is known. */
    private synchronized void follow(DigestOrder before, Rearrangement moves) {
        int[] others = moves.newPlaces();
        if (before.digests != null) {
            digests = before.digests.next(before.at(moves.gone()), at(others));
        }
        // Where not all have a place, one may have stood twice, and the first of them be gone.
        if (before.byId != null && before.byId.length == before.elements.size()) {
            int[] identified = Arrays.stream(others)
                    .filter(place -> elements.get(place).id() != null)
                    .toArray();
            int[] all = merged(moves.moved(before.byId), sorted(identified, ids()), ids());
            byId = repeats(all, others) ? null : all;
        }
    }

    /** One of the others has an id that stands there already. */
    private boolean repeats(int[] sorted, int[] others) {
        var isOther = new BitSet(elements.size());
        Arrays.stream(others).forEach(isOther::set);
        for (int i = 1; i < sorted.length; i++) {
            if ((isOther.get(sorted[i - 1]) || isOther.get(sorted[i]))
                    && elements.get(sorted[i - 1])
                            .id()
                            .equals(elements.get(sorted[i]).id())) {
                return true;
            }
        }
        return false;
    }

    private Comparator<Integer> ids() {
        return Comparator.comparing(place -> elements.get(place).id());
    }

    private List<ElementDigest> at(int[] places) {
        return Arrays.stream(places).mapToObj(elements::get).toList();
    }

    private static int[] sorted(int[] places, Comparator<Integer> order) {
        return Arrays.stream(places)
                .boxed()
                .sorted(order.thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int[] firsts(int[] sorted) {
        int count = 0;
        for (int place : sorted) {
            if (count == 0
                    || !elements.get(sorted[count - 1])
                            .id()
                            .equals(elements.get(place).id())) {
                sorted[count++] = place;
            }
        }
        return count == sorted.length ? sorted : Arrays.copyOf(sorted, count);
    }

    /** Both in one order: the few find their places among the many. */
    private static int[] merged(int[] many, int[] few, Comparator<Integer> order) {
        var merged = new int[many.length + few.length];
        int taken = 0;
        int count = 0;
        for (int one : few) {
            int end = end(many, taken, one, order.thenComparing(Comparator.naturalOrder()));
            System.arraycopy(many, taken, merged, count, end - taken);
            count += end - taken;
            merged[count++] = one;
            taken = end;
        }
        System.arraycopy(many, taken, merged, count, many.length - taken);
        return merged;
    }

    /** How many come before. */
    private static int end(int[] many, int from, int one, Comparator<Integer> order) {
        int low = from;
        int high = many.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(many[middle], one) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
