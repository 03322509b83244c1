package org.jobtrail.fetch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** One element of a list, as the server sent it: a slice of the page's bytes. */
public final class ListElement {

    private static final Pattern ETAG = Pattern.compile("\"eTag\"\\s*:\\s*\\d+");

    private final byte[] page;
    private final int from;
    private final int length;

    ListElement(byte[] page, int from, int to) {
        this.page = page;
        this.from = from;
        this.length = to - from;
    }

    public String text() {
        return new String(page, from, length, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return Arrays.copyOfRange(page, from, from + length);
    }

    /** Null where it has none that can be read; what else stands in the element does not matter. */
    String id() {
        try (JsonParser parser = ListPage.JSON.createParser(page, from, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals("id");
                JsonToken value = parser.nextToken();
                if (found) {
                    return value == JsonToken.VALUE_STRING ? Organization.canonicalId(parser.getText()) : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The same job or organization, perhaps at another time; without an id, the same text. */
    boolean isSameAs(ListElement other) {
        String id = id();
        return id == null ? hasBytesOf(other) : id.equals(other.id());
    }

    boolean isOfOnePageWith(ListElement other) {
        return page == other.page;
    }

    /** The same text, apart from the number that a server counts up for reasons of its own. */
    boolean saysTheSameAs(ListElement other) {
        return hasBytesOf(other)
                || ETAG.matcher(text())
                        .replaceAll("")
                        .equals(ETAG.matcher(other.text()).replaceAll(""));
    }

    private boolean hasBytesOf(ListElement other) {
        return Arrays.equals(page, from, from + length, other.page, other.from, other.from + other.length);
    }

    /** SHA-256 of the bytes: the same text needs no second look. */
    public byte[] digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(page, from, length);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] page() {
        return page;
    }

    public int from() {
        return from;
    }

    public int length() {
        return length;
    }
}
