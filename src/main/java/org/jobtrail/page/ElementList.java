package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import java.util.UUID;

/** Elements of a page or a list. What they take is bounded by packing them where they get many. Used by one thread at a time. */
public final class ElementList extends AbstractList<ListElement> implements RandomAccess {

    private final int most;
    private final List<ElementBlock> blocks = new ArrayList<>();

    /** Not packed: never without the last one, which may be set. */
    private List<ListElement> rest = new ArrayList<>();

    /** @param most so many are kept as they come */
    ElementList(int most) {
        this.most = Math.max(most, ElementBlock.SIZE);
    }

    /** True where there are many: then each is made anew when it is asked for, and whose it is is not known. */
    public boolean isPacked() {
        return !blocks.isEmpty();
    }

    /** The order of those that are in it now. */
    public ElementOrder order() {
        return isPacked() ? new PackedOrder(this) : DigestOrder.of(rest);
    }

    @Override
    public int size() {
        return packed() + rest.size();
    }

    @Override
    public ListElement get(int place) {
        return isPacked(place) ? block(place).get(within(place)) : rest.get(place - packed());
    }

    @Override
    public boolean add(ListElement element) {
        if (rest.size() >= (isPacked() ? ElementBlock.SIZE : most)) {
            pack();
        }
        modCount++;
        return rest.add(element);
    }

    @Override
    public boolean addAll(Collection<? extends ListElement> elements) {
        if (isEmpty() && elements instanceof ElementList others) {
            modCount++;
            blocks.addAll(others.blocks);
            return rest.addAll(others.rest);
        }
        return super.addAll(elements);
    }

    /** Only one that is not packed: the last one is not. */
    @Override
    public ListElement set(int place, ListElement element) {
        return rest.set(place - packed(), element);
    }

    @Override
    public void clear() {
        modCount++;
        blocks.clear();
        rest = new ArrayList<>();
    }

    private void pack() {
        int end = 0;
        while (end + ElementBlock.SIZE <= rest.size()) {
            blocks.add(new ElementBlock(rest.subList(end, end + ElementBlock.SIZE)));
            end += ElementBlock.SIZE;
        }
        rest = new ArrayList<>(rest.subList(end, rest.size()));
    }

    private int packed() {
        return blocks.size() * ElementBlock.SIZE;
    }

    private boolean isPacked(int place) {
        return place < packed();
    }

    private ElementBlock block(int place) {
        return blocks.get(place / ElementBlock.SIZE);
    }

    private static int within(int place) {
        return place % ElementBlock.SIZE;
    }

    /** As {@link ListElement#id}, without making the element. */
    public String id(int place) {
        return isPacked(place)
                ? block(place).id(within(place))
                : rest.get(place - packed()).id();
    }

    /** As {@link ListElement#digest}, without making the element. */
    public byte[] digest(int place) {
        return isPacked(place)
                ? block(place).digest(within(place))
                : rest.get(place - packed()).digest();
    }

    void addDigest(int place, MessageDigest sha256) {
        if (isPacked(place)) {
            block(place).addDigest(within(place), sha256);
        } else {
            sha256.update(digest(place));
        }
    }

    long digestStart(int place) {
        return isPacked(place) ? block(place).digestStart(within(place)) : ElementBlock.start(digest(place), 0);
    }

    boolean hasUuids() {
        return blocks.stream().allMatch(ElementBlock::hasUuids)
                && rest.stream().allMatch(element -> ElementBlock.uuid(element.id()) != null);
    }

    /** Where all ids are UUIDs. */
    long high(int place) {
        return isPacked(place)
                ? block(place).high(within(place))
                : UUID.fromString(id(place)).getMostSignificantBits();
    }

    /** Where all ids are UUIDs. */
    long low(int place) {
        return isPacked(place)
                ? block(place).low(within(place))
                : UUID.fromString(id(place)).getLeastSignificantBits();
    }
}
