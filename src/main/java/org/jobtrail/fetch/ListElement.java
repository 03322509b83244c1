package org.jobtrail.fetch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One element of a list, as the server sent it: where it stands in its page, and what tells it from others. */
public final class ListElement {

    private final Body page;
    private final long from;
    private final int length;
    private final String id;
    private final byte[] digest;

    /**
     * @param id null where it has none that can be read; what else stands in the element does not matter
     * @param digest equal for elements that say the same
     */
    ListElement(Body page, long from, int length, String id, byte[] digest) {
        this.page = page;
        this.from = from;
        this.length = length;
        this.id = id;
        this.digest = digest;
    }

    public String text() {
        Body.Slice slice = page.slice(from, length);
        return new String(slice.bytes(), slice.from(), slice.length(), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        Body.Slice slice = page.slice(from, length);
        return Arrays.copyOfRange(slice.bytes(), slice.from(), slice.from() + slice.length());
    }

    /** What is read of it, and the bytes that its offsets count in. */
    public record Reading(JsonParser parser, byte[] bytes, int from) {}

    public Reading read(JsonFactory json) throws IOException {
        Body.Slice slice = page.slice(from, length);
        return new Reading(json.createParser(slice.bytes(), slice.from(), slice.length()), slice.bytes(), slice.from());
    }

    public int length() {
        return length;
    }

    /** As PostgreSQL can keep it; null where the element has none. */
    public String id() {
        return id;
    }

    /** The same job or organization, perhaps at another time; without an id, the same text. */
    boolean isSameAs(ListElement other) {
        return id == null ? saysTheSameAs(other) : id.equals(other.id);
    }

    boolean isOfOnePageWith(ListElement other) {
        return page == other.page;
    }

    /** The same text, apart from the number that a server counts up for reasons of its own. */
    public boolean saysTheSameAs(ListElement other) {
        return Arrays.equals(digest, other.digest);
    }

    /** SHA-256 of the bytes, without that number: the same text needs no second look. Not to be changed. */
    public byte[] digest() {
        return digest;
    }
}
