package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The elements of a page or a list in the order of their ids, and of their digests. */
public interface ElementOrder {

    /** That of elements of which nothing else is kept. */
    static ElementOrder of(List<ElementDigest> elements) {
        return new DigestOrder(elements);
    }

    /** Where those stand that have an id; of several with one, the first. Not to be changed. */
    int[] firstById();

    /** How the id of the element that stands at a place compares with this one. */
    IntUnaryOperator comparedWith(String id);

    /** Which of {@link #firstById} has this id; negative where none has. */
    default int find(String id) {
        int[] firsts = firstById();
        IntUnaryOperator compared = comparedWith(id);
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compared.applyAsInt(firsts[middle]);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Two elements have the same id. */
    boolean repeatsAnId();

    /** Adds the digests in their own order: it does not matter where the elements stand. */
    void addDigests(MessageDigest sha256);
}
