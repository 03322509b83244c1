package org.jobtrail.fetch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** One element of a list, as the server sent it: a slice of the page's bytes. */
public final class ListElement {

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
