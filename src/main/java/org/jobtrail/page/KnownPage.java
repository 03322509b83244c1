package org.jobtrail.page;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jobtrail.body.Body;
import org.jobtrail.text.Sha256;

/**
 * What was read of a page: of the next answer to the same request, only elements that are others are cut into tokens, which takes
 * several times as long as to digest them. Where anything else differs, or too much, the page is read from its beginning: what is
 * wrong with it is told there alone.
 *
 * @param head what stands before the first element
 * @param tail what stands behind the last one
 */
record KnownPage(byte[] head, DigestOrder order, byte[] tail, int limit, boolean next) {

    private static final int LONGEST_FRAME = 4_000;

    /** A few that are others are worth it among many that are not. */
    private static final int SOME = 8;

    private static final int SHARE = 4;

    /** How many elements that are not there any more are looked past. */
    private static final int GONE = 8;

    static Optional<KnownPage> of(ListPage page) {
        List<ListElement> elements = page.elements();
        if (elements.isEmpty() || !(page.order() instanceof DigestOrder order)) {
            return Optional.empty();
        }
        Body body = page.body();
        long head = elements.get(0).from();
        long end = elements.get(elements.size() - 1).end();
        long tail = body.length() - end;
        if (head > LONGEST_FRAME || tail > LONGEST_FRAME) {
            return Optional.empty();
        }
        return Optional.of(new KnownPage(
                body.bytes(0, (int) head), order, body.bytes(end, (int) tail), page.limit(), page.next()));
    }

    /** Empty where it has to be read from its beginning. */
    Optional<ListPage> read(Body body) {
        if (!isAt(body, 0, head)) {
            return Optional.empty();
        }
        try {
            return elements(body);
        } catch (IOException | UnreadableListException e) {
            return Optional.empty();
        }
    }

    /** The same elements at the same places: there is nothing that is to be known anew. */
    boolean isOf(ListPage page) {
        return page.order() == order && page.limit() == limit && page.next() == next;
    }

    List<ElementDigest> elements() {
        return order.all();
    }

    private Optional<ListPage> elements(Body body) throws IOException {
        List<ElementDigest> elements = elements();
        MessageDigest sha256 = Sha256.begin();
        var moves = new Rearrangement(elements.size());
        var read = new ArrayList<ListElement>(elements.size());
        long end = body.length() - tail.length;
        long at = head.length;
        int known = 0;
        while (true) {
            ListElement element;
            if (known < elements.size() && isAt(body, at, end, elements.get(known), sha256)) {
                element = new ListElement(body, at, elements.get(known));
                moves.standsAt(known, read.size());
                known++;
            } else if (at < end && moves.newCount() < SOME + read.size() / SHARE) {
                element = ElementReader.at(body, at);
                moves.addNew(read.size());
                known = after(element, known);
            } else {
                return Optional.empty();
            }
            read.add(element);
            if (element.end() == end) {
                return isAt(body, end, tail)
                        ? Optional.of(new ListPage(body, read, order.next(read, moves), limit, next))
                        : Optional.empty();
            }
            at = behindComma(body, element.end(), end);
        }
    }

    private static boolean isAt(Body body, long at, long end, ElementDigest known, MessageDigest sha256) {
        return at + known.length() <= end && known.isAt(body.slice(at, known.length()), sha256);
    }

    private static boolean isAt(Body body, long at, byte[] expected) {
        if (at < 0 || at + expected.length > body.length()) {
            return false;
        }
        Body.Slice slice = body.slice(at, expected.length);
        return Arrays.equals(slice.bytes(), slice.from(), slice.from() + expected.length, expected, 0, expected.length);
    }

    /** Where the next element begins. */
    private static long behindComma(Body body, long from, long end) throws IOException {
        if (from >= end || body.byteAt(from) != ',') {
            throw new IOException("no comma");
        }
        long at = from + 1;
        while (at < end && isSpace(body.byteAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte one) {
        return one == ' ' || one == '\n' || one == '\r' || one == '\t';
    }

    /** Which known one is expected behind one that is not as it was known. */
    private int after(ListElement element, int known) {
        List<ElementDigest> elements = elements();
        for (int i = known; i < Math.min(known + GONE, elements.size()); i++) {
            String id = elements.get(i).id();
            if (id != null && id.equals(element.id())) {
                return i + 1;
            }
        }
        return known;
    }
}
