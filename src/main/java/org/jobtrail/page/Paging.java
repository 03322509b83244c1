package org.jobtrail.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jobtrail.body.Body;
import org.jobtrail.body.LargestList;

/**
 * A list while it arrives page by page, by offset and limit that we compute: a v8 server's own links were seen pointing to v7.
 * Each page is asked for with the last element so far, which has to come first again: where it does not, something moved from
 * one page to another, and a job may have been skipped. A bare array is the only page there is.
 */
public final class Paging {

    static final int LIMIT = 10_000;
    private static final int PAGES = 10_000;

    /** What a server gives that does not heed the limit it was asked for. */
    private static final int USUAL = 30;

    private static final int DOUBTED = 2;

    private final boolean paged;
    private final long largest;
    private final ElementList elements;
    private final KeptPages pages = new KeptPages();

    /** Until the last one has come: of a list that is too long, none is worth to be known. */
    private final Map<String, ListPage> answers = new LinkedHashMap<>();

    /** From its first element to its last, the place of each of the pages so far. */
    private final NavigableMap<Integer, Integer> spans = new TreeMap<>();

    private ListPage page;
    private long bytes;
    private int count;
    private boolean overlapping;
    private boolean more = true;
    private int moves;

    /**
     * @param largest bytes that all pages of the list may have together
     * @param most elements that are kept as they come
     */
    public Paging(boolean paged, long largest, int most) {
        this.paged = paged;
        this.largest = largest;
        this.elements = new ElementList(most);
    }

    public boolean more() {
        return more;
    }

    public ElementList elements() {
        return elements;
    }

    /** That of the page on which all elements stand, and no others; empty where they come from several. */
    public Optional<ElementOrder> orderOfPage() {
        return Optional.ofNullable(page).map(ListPage::order);
    }

    /** True where the list changed each time that it was read: somebody may be missing in it. */
    public boolean moved() {
        return moves >= DOUBTED;
    }

    /** What the next page is asked for with: {@code selection} is what selects the list, and may be empty. */
    public String query(String selection) {
        if (!paged) {
            return selection;
        }
        int offset = elements.size() - (overlapping ? 1 : 0);
        String page = "offset=" + offset + "&limit=" + LIMIT;
        return selection.isEmpty() ? page : selection + "&" + page;
    }

    /**
     * Adds the answer to this request, of which something may be known. The page is closed with the list.
     *
     * @throws UnreadableListException where it is no page of a list, or the list is too long
     */
    public void received(Body page, String request, KnownPages known) {
        ListPage next = known.read(request, pages.keep(page), paged);
        answers.put(request, next);
        received(next);
        if (elements.isPacked()) {
            answers.clear();
        } else if (!more) {
            answers.forEach(known::keep);
            answers.clear();
        }
    }

    /**
     * Adds a page, cut by the limit that the server said it used. Where it did not say, only a page without anything new is the
     * end: it may have cut the page at a limit of its own.
     */
    private void received(ListPage next) {
        List<ListElement> received = next.elements();
        if (!overlapping && !elements.isEmpty() && received.size() == 1 && last().isSameAs(received.get(0))) {
            throw new UnreadableListException(
                    "the server answers with the same page again, whatever offset it is asked for");
        }
        boolean continued = overlapping && !received.isEmpty() && last().isSameAs(received.get(0));
        if (overlapping && !continued) {
            if (startOver()) {
                return;
            }
            moves++;
        }
        if (continued) {
            // It may have changed since: the newer text is the one of this page.
            elements.set(elements.size() - 1, received.get(0));
        }
        bytes += next.body().length();
        if (bytes > largest) {
            throw new UnreadableListException(
                    "the list is larger than %d MB: %s".formatted(largest / 1_000_000, LargestList.SENTENCE));
        }
        page = elements.isEmpty() ? next : null;
        int known = continued ? 1 : 0;
        int start = elements.size() - known;
        elements.addAll(known == 0 ? received : received.subList(known, received.size()));
        spans.put(start, elements.size() - 1);
        // A server was seen to say a limit that it did not give: a
        // link to more, or a page of the usual size, outweighs it.
        boolean full = next.limit() <= 0 || received.size() >= next.limit() || next.next() || received.size() == USUAL;
        // A server that never gives what it was asked for has no end: the second time is the last.
        more = paged && full && received.size() > known && moves <= DOUBTED;
        // Who gives one at a time would never give the next.
        overlapping = received.size() > 1;
        count++;
        if (more && count >= PAGES) {
            throw new UnreadableListException("the list does not end after %d pages".formatted(PAGES));
        }
    }

    /** True where one answer of the server had both, the earlier place first: they stood there at the same time. */
    public boolean stoodTogether(int place, int later) {
        return spans.floorEntry(place).getValue() >= later;
    }

    private ListElement last() {
        return elements.get(elements.size() - 1);
    }

    /** Starts over after the last page; where that happened before, the list is doubted instead: its absences must not count. */
    public void startOverOrDoubt() {
        if (!startOver()) {
            moves = DOUBTED;
        }
    }

    /** From the start, because the list changed while it was read; once, or a restless server would keep us for ever. */
    public boolean startOver() {
        if (moves > 0) {
            return false;
        }
        moves = 1;
        restart();
        return true;
    }

    /** From the start: pages of two sessions are never joined. */
    public void restart() {
        elements.clear();
        answers.clear();
        spans.clear();
        page = null;
        close();
        bytes = 0;
        count = 0;
        overlapping = false;
        more = true;
    }

    /** From now on, only these elements can be read, and take memory. */
    public void keepOnly(List<ListElement> elements) {
        pages.keepOnly(elements);
    }

    /** True where elements can be read for longer than until it is closed. */
    public boolean isInMemory() {
        return pages.areInMemory();
    }

    /** Gives back what the pages take: no element can be read any more, but where they are in memory. */
    public void close() {
        pages.close();
    }
}
