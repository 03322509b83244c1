package org.jobtrail.page;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jobtrail.body.Body;

/**
 * What was read of an element: good for the same bytes wherever they stand, but for the number of its eTag, which does not count.
 *
 * @param etag where the eTag begins with its name; {@code etagLength} is 0 where there is none
 * @param id null where it has none that can be read
 * @param owner the organization that it says it belongs to; null where it does not say
 * @param digest of all bytes but the eTag's
 */
public record ElementDigest(int length, int etag, int etagLength, String id, String owner, byte[] digest) {

    private static final byte[] NAME = {'"', 'e', 'T', 'a', 'g', '"'};

    /** True where all were read of the same bytes: what is known of a page is the same object in the next answer. */
    public static boolean areIdentical(List<ElementDigest> some, List<ElementDigest> others) {
        return some.size() == others.size()
                && IntStream.range(0, some.size()).allMatch(i -> some.get(i) == others.get(i));
    }

    /** True for the same text. An object ends where it ends; of a number, more digits could come behind. */
    boolean isAt(Body.Slice place, MessageDigest sha256) {
        return place.bytes()[place.from()] == '{'
                && (etagLength == 0 || isEtag(place.bytes(), place.from() + etag))
                && Arrays.equals(digest, digest(place, etag, etagLength, sha256));
    }

    /** What reads it would take it for one as well: a member of that name, and a whole number without a zero in front. */
    private boolean isEtag(byte[] bytes, int from) {
        int number = from + NAME.length;
        int end = from + etagLength;
        if (number >= end || !Arrays.equals(bytes, from, number, NAME, 0, NAME.length) || bytes[number] != ':') {
            return false;
        }
        number++;
        if (number < end && bytes[number] == ' ') {
            number++;
        }
        if (number == end || bytes[number] == '0' && number + 1 < end) {
            return false;
        }
        for (int i = number; i < end; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return true;
    }

    static byte[] digest(Body.Slice element, int cut, int cutLength, MessageDigest sha256) {
        sha256.update(element.bytes(), element.from(), cut);
        sha256.update(element.bytes(), element.from() + cut + cutLength, element.length() - cut - cutLength);
        return sha256.digest();
    }
}
