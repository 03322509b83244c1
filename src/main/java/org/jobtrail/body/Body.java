package org.jobtrail.body;

import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of an answer, unpacked, for as long as its list is dealt with: in memory, or a large one in a file. Its parts may be
 * read by several threads.
 */
public abstract class Body implements AutoCloseable {

    /** What is larger goes to a file: several lists are read at once. */
    public static final int IN_MEMORY = 4_000_000;

    /** In one piece, a list would be so large that the garbage collector treats it on its own, and begins a cycle for a few of them. */
    public static final int PIECE = 64 * 1024;

    /** Bytes that may be there anyway, among others. */
    public record Slice(byte[] bytes, int from, int length) {}

    /** Some of its bytes, by where they stand. */
    public interface Range {

        long from();

        int length();
    }

    public abstract long length();

    /** What stands there. Not to be changed: others may read the same bytes. */
    public abstract Slice slice(long from, int length);

    /** True where it can still be read when it is closed; false where it is in a file. */
    public abstract boolean takesMemory();

    /** From now on, nothing else of it can be read, and takes memory. */
    public void keepOnly(List<? extends Range> ranges) {}

    /** From its beginning. */
    public final InputStream stream() {
        return stream(0);
    }

    public final InputStream stream(long from) {
        return new BodyStream(this, from);
    }

    /** A copy of what stands there. */
    public final byte[] bytes(long from, int length) {
        Slice slice = slice(from, length);
        return Arrays.copyOfRange(slice.bytes(), slice.from(), slice.from() + length);
    }

    public final byte byteAt(long at) {
        Slice slice = slice(at, 1);
        return slice.bytes()[slice.from()];
    }

    /** What is in memory goes by itself. */
    @Override
    public void close() {}

    public static Body of(byte[] bytes) {
        return of(List.of(bytes), bytes.length, bytes.length);
    }

    /** @param size of each piece; what the last ones hold beyond {@code length} does not count */
    public static Body of(List<byte[]> pieces, int size, long length) {
        return new InMemory(pieces, size, length);
    }

    private static final class InMemory extends Body {

        private final int size;
        private final long length;
        private List<byte[]> pieces;

        /** By where they stand; null as long as all of it is kept. */
        private Map<Long, byte[]> kept;

        InMemory(List<byte[]> pieces, int size, long length) {
            this.pieces = pieces;
            this.size = size;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public boolean takesMemory() {
            return true;
        }

        @Override
        public void keepOnly(List<? extends Range> ranges) {
            var parts = new HashMap<Long, byte[]>();
            ranges.forEach(range -> parts.put(range.from(), bytes(range.from(), range.length())));
            kept = parts;
            pieces = List.of();
        }

        @Override
        public Slice slice(long from, int count) {
            if (kept != null) {
                byte[] part = kept.get(from);
                if (part == null || part.length != count) {
                    throw new IllegalStateException("what stands at byte %d was not kept".formatted(from));
                }
                return new Slice(part, 0, count);
            }
            int piece = (int) (from / size);
            int start = (int) (from - (long) piece * size);
            if (start + count <= size) {
                return new Slice(pieces.get(piece), start, count);
            }
            byte[] bytes = new byte[count];
            int done = 0;
            while (done < count) {
                int next = Math.min(size - start, count - done);
                System.arraycopy(pieces.get(piece), start, bytes, done, next);
                done += next;
                piece++;
                start = 0;
            }
            return new Slice(bytes, 0, count);
        }
    }
}
