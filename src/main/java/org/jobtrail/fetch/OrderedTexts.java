package org.jobtrail.fetch;

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
final class OrderedTexts implements ElementOrder {

    private final List<ElementText> texts;
    private int[] byId;
    private SortedDigests digests;

    private OrderedTexts(List<ElementText> texts) {
        this.texts = texts;
    }

    static OrderedTexts of(List<ListElement> elements) {
        return ofTexts(elements.stream().map(ListElement::content).toList());
    }

    static OrderedTexts ofTexts(List<ElementText> texts) {
        return new OrderedTexts(texts);
    }

    List<ElementText> all() {
        return texts;
    }

    @Override
    public synchronized int[] firstById() {
        if (byId == null) {
            byId = firsts(sorted(
                    IntStream.range(0, texts.size())
                            .filter(place -> texts.get(place).id() != null)
                            .toArray(),
                    ids()));
        }
        return byId;
    }

    @Override
    public IntUnaryOperator comparedWith(String id) {
        return place -> texts.get(place).id().compareTo(id);
    }

    @Override
    public boolean repeatsAnId() {
        int[] firsts = firstById();
        return firsts.length < texts.size()
                && firsts.length
                        < texts.stream().filter(text -> text.id() != null).count();
    }

    @Override
    public void addDigests(MessageDigest sha256) {
        digests().addTo(sha256);
    }

    private synchronized SortedDigests digests() {
        if (digests == null) {
            digests = SortedDigests.of(texts);
        }
        return digests;
    }

    /** Of the next answer to the same request. */
    synchronized OrderedTexts next(List<ListElement> elements, Places places) {
        if (places.allAsTheyWere()) {
            return this;
        }
        OrderedTexts next = of(elements);
        next.follow(this, places);
        return next;
    }

    /** Takes over the order of those that stay, as far as it is known. */
    private synchronized void follow(OrderedTexts before, Places places) {
        int[] others = places.ofOthers();
        if (before.digests != null) {
            digests = before.digests.next(before.at(places.gone()), at(others));
        }
        // Where not all have a place, one may have stood twice, and the first of them be gone.
        if (before.byId != null && before.byId.length == before.texts.size()) {
            int[] identified = Arrays.stream(others)
                    .filter(place -> texts.get(place).id() != null)
                    .toArray();
            int[] all = merged(places.moved(before.byId), sorted(identified, ids()), ids());
            byId = repeats(all, others) ? null : all;
        }
    }

    /** One of the others has an id that stands there already. */
    private boolean repeats(int[] sorted, int[] others) {
        var isOther = new BitSet(texts.size());
        Arrays.stream(others).forEach(isOther::set);
        for (int i = 1; i < sorted.length; i++) {
            if ((isOther.get(sorted[i - 1]) || isOther.get(sorted[i]))
                    && texts.get(sorted[i - 1]).id().equals(texts.get(sorted[i]).id())) {
                return true;
            }
        }
        return false;
    }

    private Comparator<Integer> ids() {
        return Comparator.comparing(place -> texts.get(place).id());
    }

    private List<ElementText> at(int[] places) {
        return Arrays.stream(places).mapToObj(texts::get).toList();
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
                    || !texts.get(sorted[count - 1])
                            .id()
                            .equals(texts.get(place).id())) {
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
