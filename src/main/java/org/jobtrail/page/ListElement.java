package org.jobtrail.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jobtrail.body.Body;

/** One element of a list, as the server sent it: where it stands in its page, and what tells it from others. */
public final class ListElement implements Body.Range {

    private final Body page;
    private final long from;
    private final ElementDigest content;

    ListElement(Body page, long from, ElementDigest content) {
        this.page = page;
        this.from = from;
        this.content = content;
    }

    /** What was read of it, without the page that it stands in. */
    public ElementDigest content() {
        return content;
    }

    Body page() {
        return page;
    }

    /** Where it begins in its page. */
    @Override
    public long from() {
        return from;
    }

    /** Where it ends in its page. */
    long end() {
        return from + content.length();
    }

    public String text() {
        Body.Slice slice = page.slice(from, content.length());
        return new String(slice.bytes(), slice.from(), slice.length(), StandardCharsets.UTF_8);
    }

    /** The bytes of its text, where they stand. */
    public ByteBuffer utf8() {
        Body.Slice slice = page.slice(from, content.length());
        return ByteBuffer.wrap(slice.bytes(), slice.from(), slice.length());
    }

    /** A copy of the bytes of its text, which stays when the page is closed. */
    public byte[] bytes() {
        return page.bytes(from, content.length());
    }

    /** What is read of it, and the bytes that its offsets count in. */
    public record Reading(JsonParser parser, byte[] bytes, int from) {}

    public Reading read(JsonFactory json) throws IOException {
        Body.Slice slice = page.slice(from, content.length());
        return new Reading(json.createParser(slice.bytes(), slice.from(), slice.length()), slice.bytes(), slice.from());
    }

    @Override
    public int length() {
        return content.length();
    }

    /** As PostgreSQL can keep it; null where the element has none. */
    public String id() {
        return content.id();
    }

    /** The organization that it says it belongs to; null where it does not say, or is one of very many. */
    public String owner() {
        return content.owner();
    }

    /** The same job or organization, perhaps at another time; without an id, the same text. */
    boolean isSameAs(ListElement other) {
        return id() == null ? saysTheSameAs(other) : id().equals(other.id());
    }

    /** The same text, apart from the number that a server counts up for reasons of its own. */
    public boolean saysTheSameAs(ListElement other) {
        return Arrays.equals(digest(), other.digest());
    }

    /** An element is where it stands, however often it is asked for there. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ListElement element && page == element.page && from == element.from;
    }

    @Override
    public int hashCode() {
        return 31 * System.identityHashCode(page) + Long.hashCode(from);
    }

    /** SHA-256 of the bytes, without that number: the same text needs no second look. Not to be changed. */
    public byte[] digest() {
        return content.digest();
    }
}
