package org.jobtrail.transform;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jobtrail.page.ListElement;

/** Those of a list's elements that stand at some places, each made when it is asked for. */
final class ElementsAt extends AbstractList<ListElement> implements RandomAccess {

    private final List<ListElement> all;
    private final int[] places;

    ElementsAt(List<ListElement> all, int[] places) {
        this.all = all;
        this.places = places;
    }

    @Override
    public ListElement get(int i) {
        return all.get(places[i]);
    }

    @Override
    public int size() {
        return places.length;
    }
}
