package org.jobtrail.fetch;

import java.io.File;

/** How much space a list may take while it is dealt with: what does not fit into memory waits in a file. */
public final class Room {

    /** What a list may always have. */
    private static final long LEAST = 16_000_000;

    private static final int LISTS = 4;

    static final String SENTENCE = "more than a quarter of what is free in the directory for temporary files";

    private Room() {}

    /** In bytes, as of now. */
    public static long forAList() {
        return Math.max(LEAST, new File(System.getProperty("java.io.tmpdir")).getUsableSpace() / LISTS);
    }
}
