package org.jobtrail.fetch;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Refuses what is not UTF-8: read leniently, the history would hold U+FFFD where the server said something else. */
final class Utf8 {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private Utf8() {}

    /** Where the text starts: behind a byte-order mark, if there is one. */
    static int start(byte[] body) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(body);
        var out = CharBuffer.allocate(8192);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        int start = isMarked(body, 0) ? BYTE_ORDER_MARK.length : 0;
        // The parser would pass over a second one, too, and then count its bytes from behind it.
        if (start > 0 && isMarked(body, start)) {
            throw new UnreadableListException("the answer is no list: it begins with two byte-order marks");
        }
        // A zero byte at the front is UTF-16 or UTF-32, which a JSON parser would guess and accept.
        if (result.isError() || body.length > start + 1 && (body[start] == 0 || body[start + 1] == 0)) {
            throw new UnreadableListException("the answer is not UTF-8");
        }
        return start;
    }

    private static boolean isMarked(byte[] body, int at) {
        int end = at + BYTE_ORDER_MARK.length;
        return body.length >= end && Arrays.equals(body, at, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }
}
