package org.jobtrail.fetch;

import java.security.MessageDigest;

/** The elements of a page or a list in the order of their ids, and of their digests. */
interface ElementOrder {

    /** Where those stand that have an id; of several with one, the first. Not to be changed. */
    int[] firstById();

    /** Which of {@link #firstById} has this id; negative where none has. */
    int find(String id);

    /** Two elements have the same id. */
    boolean repeatsAnId();

    /** Adds the digests in their own order: it does not matter where the elements stand. */
    void addDigests(MessageDigest sha256);
}
