package org.jobtrail.page;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jobtrail.body.Body;

/**
 * Refuses what is not UTF-8 while it is read: taken leniently, the history would hold U+FFFD where the server said something
 * else. A byte-order mark at the front is passed over.
 */
final class Utf8 extends FilterInputStream {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int LONGEST_CHARACTER = 4;

    /** Nearly all bytes are ASCII: eight are looked at as one, or it would take a tenth of a poll in which nothing changed. */
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    /** Made when it is needed: most lists are ASCII, and many are shorter than this. */
    private CharBuffer ignored;

    /** The beginning of a character that the next bytes go on with. */
    private final ByteBuffer open = ByteBuffer.allocate(2 * LONGEST_CHARACTER).limit(0);

    private final int start;

    private Utf8(InputStream bytes, int start) {
        super(bytes);
        this.start = start;
    }

    /** @throws UnreadableListException from here and from whoever reads */
    static Utf8 of(Body body) throws IOException {
        byte[] first = body.stream().readNBytes(2 * BYTE_ORDER_MARK.length);
        int start = isMarked(first, 0) ? BYTE_ORDER_MARK.length : 0;
        // The parser would pass over a second one, too, and then count its bytes from behind it.
        if (start > 0 && isMarked(first, start)) {
            throw new UnreadableListException("the answer is no list: it begins with two byte-order marks");
        }
        // A zero byte at the front is UTF-16 or UTF-32, which a JSON parser would guess and accept.
        if (first.length > start + 1 && (first[start] == 0 || first[start + 1] == 0)) {
            throw refused();
        }
        var text = new Utf8(body.stream(), start);
        text.in.skipNBytes(start);
        return text;
    }

    /** From within a body, where a character begins. */
    static Utf8 from(Body body, long position) {
        return new Utf8(body.stream(position), 0);
    }

    /** How many bytes of the body were passed over: where the text starts. */
    int start() {
        return start;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = in.read(buffer, offset, length);
        if (count > 0 && (open.hasRemaining() || !isAscii(buffer, offset, offset + count))) {
            check(ByteBuffer.wrap(buffer, offset, count));
        } else if (count < 0 && open.hasRemaining()) {
            throw refused();
        }
        return count;
    }

    private static boolean isAscii(byte[] bytes, int from, int to) {
        long bits = 0;
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            bits |= (long) EIGHT_BYTES.get(bytes, i);
        }
        for (; i < to; i++) {
            bits |= bytes[i];
        }
        return (bits & NOT_ASCII) == 0;
    }

    private void check(ByteBuffer bytes) {
        while (open.hasRemaining() && bytes.hasRemaining()) {
            open.compact().put(bytes.get()).flip();
            decode(open);
        }
        decode(bytes);
        if (bytes.hasRemaining()) {
            open.compact().put(bytes).flip();
        }
    }

    /** Leaves the beginning of a character that has no end yet. */
    private void decode(ByteBuffer bytes) {
        if (ignored == null) {
            ignored = CharBuffer.allocate(8192);
        }
        CoderResult result;
        do {
            ignored.clear();
            result = decoder.decode(bytes, ignored, false);
        } while (result.isOverflow());
        if (result.isError()) {
            throw refused();
        }
    }

    private static UnreadableListException refused() {
        return new UnreadableListException("the answer is not UTF-8");
    }

    private static boolean isMarked(byte[] body, int at) {
        int end = at + BYTE_ORDER_MARK.length;
        return body.length >= end && Arrays.equals(body, at, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }
}
