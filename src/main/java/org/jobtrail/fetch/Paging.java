package org.jobtrail.fetch;

/**
 * Which page comes next, by offset and limit that we compute: a v8 server's own links were seen pointing to v7. A bare array
 * is the only page there is.
 */
final class Paging {

    static final int LIMIT = 10_000;
    private static final int PAGES = 10_000;

    private final boolean paged;
    private long offset;
    private int pages;
    private boolean more = true;

    Paging(boolean paged) {
        this.paged = paged;
    }

    boolean more() {
        return more;
    }

    String query(String selection) {
        if (!paged) {
            return selection;
        }
        String page = "offset=" + offset + "&limit=" + LIMIT;
        return selection.isEmpty() ? page : selection + "&" + page;
    }

    /**
     * Takes note of a page of so many elements, cut by the limit that the server said it used. Where it did not say, only an empty
     * page is the end: it may have cut the page at a limit of its own.
     */
    void received(int elements, int limit) {
        pages++;
        offset += elements;
        more = paged && elements > 0 && (limit <= 0 || elements >= Math.min(limit, LIMIT));
        if (more && pages >= PAGES) {
            throw new UnreadableListException("the list does not end after %d pages".formatted(PAGES));
        }
    }

    /** From the start. */
    void restart() {
        offset = 0;
        pages = 0;
        more = true;
    }
}
