package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.jobtrail.text.Sha256;

/** The digests of elements in their own order, one behind the other: each by itself would be a walk through the memory. Immutable. */
final class SortedDigests {

    private final byte[] all;

    private SortedDigests(byte[] all) {
        this.all = all;
    }

    static SortedDigests of(List<ElementDigest> elements) {
        var all = new byte[elements.size() * Sha256.LENGTH];
        int end = 0;
        for (byte[] digest : sorted(elements)) {
            System.arraycopy(digest, 0, all, end, Sha256.LENGTH);
            end += Sha256.LENGTH;
        }
        return new SortedDigests(all);
    }

    /** Without some of them and with others: a few that find their places among many. */
    SortedDigests next(List<ElementDigest> gone, List<ElementDigest> others) {
        return new SortedDigests(with(sorted(others), without(sorted(gone))));
    }

    private byte[] without(byte[][] gone) {
        var rest = new byte[all.length - gone.length * Sha256.LENGTH];
        int from = 0;
        int end = 0;
        for (byte[] digest : gone) {
            int at = place(all, from, digest);
            if (at == all.length || compare(all, at, digest) != 0) {
                throw new IllegalStateException("an element is gone that was not there");
            }
            System.arraycopy(all, from, rest, end, at - from);
            end += at - from;
            from = at + Sha256.LENGTH;
        }
        System.arraycopy(all, from, rest, end, all.length - from);
        return rest;
    }

    private static byte[] with(byte[][] others, byte[] rest) {
        var next = new byte[rest.length + others.length * Sha256.LENGTH];
        int from = 0;
        int end = 0;
        for (byte[] digest : others) {
            int at = place(rest, from, digest);
            System.arraycopy(rest, from, next, end, at - from);
            end += at - from;
            System.arraycopy(digest, 0, next, end, Sha256.LENGTH);
            end += Sha256.LENGTH;
            from = at;
        }
        System.arraycopy(rest, from, next, end, rest.length - from);
        return next;
    }

    /** The first place from there on whose digest does not come before. */
    private static int place(byte[] sorted, int from, byte[] digest) {
        int low = from / Sha256.LENGTH;
        int high = sorted.length / Sha256.LENGTH;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(sorted, middle * Sha256.LENGTH, digest) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low * Sha256.LENGTH;
    }

    private static int compare(byte[] sorted, int at, byte[] digest) {
        return Arrays.compare(sorted, at, at + Sha256.LENGTH, digest, 0, Sha256.LENGTH);
    }

    private static byte[][] sorted(List<ElementDigest> elements) {
        byte[][] digests = elements.stream().map(ElementDigest::digest).toArray(byte[][]::new);
        Arrays.sort(digests, Arrays::compare);
        return digests;
    }

    void addTo(MessageDigest sha256) {
        sha256.update(all);
    }
}
