package org.jobtrail.body;

import java.io.File;

/** The most bytes that a list may have: while it is dealt with, what does not fit into memory waits in a file. */
public final class LargestList {

    /** What a list may always have. */
    private static final long LEAST = 16_000_000;

    private static final int LISTS = 4;

    /** What a list that has more exceeds, as an operator is told. */
    public static final String SENTENCE = "more than a quarter of what is free in the directory for temporary files";

    private LargestList() {}

    /** As of now. */
    public static long bytes() {
        return Math.max(LEAST, new File(System.getProperty("java.io.tmpdir")).getUsableSpace() / LISTS);
    }
}
