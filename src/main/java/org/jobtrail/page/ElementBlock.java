package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jobtrail.body.Body;
import org.jobtrail.text.Sha256;

/**
 * Some elements of a long list, without objects for each: with an id as the API makes them, an element takes 68 bytes instead of
 * nearly 200. Immutable.
 */
final class ElementBlock {

    static final int SIZE = 1024;

    private static final int UUID_TEXT = 36;

    private final Body[] pages = new Body[SIZE];
    private final long[] from = new long[SIZE];
    private final int[] lengths = new int[SIZE];
    private final byte[] digests = new byte[SIZE * Sha256.LENGTH];

    /** Two for each; null where an id is another text. */
    private final long[] uuids;

    private final String[] ids;

    ElementBlock(List<ListElement> elements) {
        UUID[] allUuids = elements.stream().map(element -> uuid(element.id())).toArray(UUID[]::new);
        boolean packed = Arrays.stream(allUuids).allMatch(Objects::nonNull);
        uuids = packed ? new long[2 * SIZE] : null;
        ids = packed ? null : new String[SIZE];
        for (int i = 0; i < SIZE; i++) {
            ListElement element = elements.get(i);
            pages[i] = element.page();
            from[i] = element.from();
            lengths[i] = element.length();
            System.arraycopy(element.digest(), 0, digests, i * Sha256.LENGTH, Sha256.LENGTH);
            if (packed) {
                uuids[2 * i] = allUuids[i].getMostSignificantBits();
                uuids[2 * i + 1] = allUuids[i].getLeastSignificantBits();
            } else {
                ids[i] = element.id();
            }
        }
    }

    /** Null where the id is not the very text of one. */
    static UUID uuid(String id) {
        if (id == null || id.length() != UUID_TEXT) {
            return null;
        }
        try {
            UUID uuid = UUID.fromString(id);
            return uuid.toString().equals(id) ? uuid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    boolean hasUuids() {
        return uuids != null;
    }

    long high(int i) {
        return uuids[2 * i];
    }

    long low(int i) {
        return uuids[2 * i + 1];
    }

    String id(int i) {
        return uuids == null ? ids[i] : new UUID(high(i), low(i)).toString();
    }

    byte[] digest(int i) {
        return Arrays.copyOfRange(digests, i * Sha256.LENGTH, (i + 1) * Sha256.LENGTH);
    }

    void addDigest(int i, MessageDigest sha256) {
        sha256.update(digests, i * Sha256.LENGTH, Sha256.LENGTH);
    }

    /** Its first bytes as a number that is not negative, in the order of {@link Arrays#compare}, to which bytes have a sign. */
    long digestStart(int i) {
        return start(digests, i * Sha256.LENGTH);
    }

    static long start(byte[] digest, int at) {
        long start = 0;
        for (int i = at; i < at + Integer.BYTES; i++) {
            start = start << Byte.SIZE | digest[i] - Byte.MIN_VALUE;
        }
        return start;
    }

    ListElement get(int i) {
        // Nobody looks for its eTag any more, nor for its owner: what is in here is not known anew.
        return new ListElement(pages[i], from[i], new ElementDigest(lengths[i], 0, 0, id(i), null, digest(i)));
    }
}
