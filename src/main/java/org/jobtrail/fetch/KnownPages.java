package org.jobtrail.fetch;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was read of the pages that were asked for last, by request. Nothing is concluded from it but how the same bytes are read; what
 * was not used for the longest time is forgotten where there is no room. Thread-safe.
 */
public final class KnownPages {

    private static final int BYTES_PER_ELEMENT = 250;
    private static final int SHARE_OF_MEMORY = 16;

    /** A page takes some memory, however little is on it. */
    private static final int FRAME = 3;

    private final long most;
    private final Map<String, KnownPage> pages = new LinkedHashMap<>(16, 0.75f, true);
    private long elements;

    /** @param most elements, of all pages */
    KnownPages(long most) {
        this.most = most;
    }

    /** As many as fit into a small share of the memory that there may be. */
    public static KnownPages ofThisProcess() {
        return new KnownPages(Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY / BYTES_PER_ELEMENT);
    }

    /** Which request the next page of a list is the answer to. */
    static String request(String source, PagedList list) {
        return source + " " + list.path() + "?" + list.query();
    }

    /** How many elements a list may have of which anything is kept. */
    public int most() {
        return (int) Math.min(most, Integer.MAX_VALUE);
    }

    /** @throws UnreadableListException where it is no page of a list */
    ListPage read(String request, Body body, boolean paged) {
        KnownPage known = of(request);
        return known == null
                ? ListPage.read(body, paged, most())
                : known.read(body).orElseGet(() -> ListPage.read(body, paged, most()));
    }

    /** Knows it the next time. To be told of all pages of a list, or of none: of some of them, each would supersede another. */
    void keep(String request, ListPage page) {
        KnownPage before = of(request);
        if (before == null || !before.isOf(page)) {
            put(request, page);
        }
    }

    private synchronized KnownPage of(String request) {
        return pages.get(request);
    }

    private void put(String request, ListPage page) {
        KnownPage known =
                page.elements().size() > most ? null : KnownPage.of(page).orElse(null);
        put(request, known);
    }

    private synchronized void put(String request, KnownPage known) {
        forget(pages.remove(request));
        if (known == null) {
            return;
        }
        pages.put(request, known);
        elements += size(known);
        Iterator<KnownPage> oldest = pages.values().iterator();
        while (elements > most) {
            forget(oldest.next());
            oldest.remove();
        }
    }

    private void forget(KnownPage known) {
        elements -= known == null ? 0 : size(known);
    }

    private static int size(KnownPage known) {
        return known.elements().size() + FRAME;
    }
}
