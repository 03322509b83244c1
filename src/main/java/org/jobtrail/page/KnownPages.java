package org.jobtrail.page;

import org.jobtrail.body.Body;

/**
 * What was read of the pages that were asked for last, by request. Nothing is concluded from it but how the same bytes are read; what
 * was not used for the longest time is forgotten where there is no room. Thread-safe.
 */
public final class KnownPages {

    private static final int BYTES_PER_JOB = 250;
    private static final int SHARE_OF_MEMORY = 16;

    /** A page takes some memory, however little is on it. */
    private static final int FRAME = 3;

    private final LruCache<String, KnownPage> pages;

    /** @param most elements, of all pages */
    public KnownPages(long most) {
        pages = new LruCache<>(most, page -> page.elements().size() + FRAME);
    }

    /** As many as fit into a small share of the memory that there may be. */
    public static KnownPages ofThisProcess() {
        return new KnownPages(jobsThatFit());
    }

    /** How many jobs can be remembered in a small share of the memory that there may be. */
    public static long jobsThatFit() {
        return Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY / BYTES_PER_JOB;
    }

    /** How many elements a list may have of which anything is kept. */
    public int most() {
        return (int) Math.min(pages.most(), Integer.MAX_VALUE);
    }

    /** @throws UnreadableListException where it is no page of a list */
    ListPage read(String request, Body body, boolean paged) {
        return pages.of(request).flatMap(known -> known.read(body)).orElseGet(() -> ListPage.read(body, paged, most()));
    }

    /** Knows it the next time. To be told of all pages of a list, or of none: of some of them, each would supersede another. */
    void keep(String request, ListPage page) {
        if (pages.of(request).filter(known -> known.isOf(page)).isEmpty()) {
            pages.forget(request);
            if (page.elements().size() <= pages.most()) {
                KnownPage.of(page).ifPresent(known -> pages.keep(request, known));
            }
        }
    }
}
