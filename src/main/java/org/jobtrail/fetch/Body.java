package org.jobtrail.fetch;

import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of an answer, unpacked, for as long as its list is dealt with: in memory, or a large one in a file. Its parts may be
 * read by several threads.
 */
abstract class Body implements AutoCloseable {

    /** Bytes that may be there anyway, among others. */
    record Slice(byte[] bytes, int from, int length) {}

    abstract long length();

    abstract Slice slice(long from, int length);

    abstract boolean takesMemory();

    /** From now on, nothing else of it can be read, and takes memory. */
    void keepOnly(List<ListElement> elements) {}

    /** From its beginning. */
    final InputStream stream() {
        return stream(0);
    }

    final InputStream stream(long from) {
        return new BodyStream(this, from);
    }

    /** Of one's own. */
    final byte[] bytes(long from, int length) {
        Slice slice = slice(from, length);
        return Arrays.copyOfRange(slice.bytes(), slice.from(), slice.from() + length);
    }

    final byte byteAt(long at) {
        Slice slice = slice(at, 1);
        return slice.bytes()[slice.from()];
    }

    /** What is in memory goes by itself. */
    @Override
    public void close() {}

    static Body of(byte[] bytes) {
        return of(List.of(bytes), bytes.length, bytes.length);
    }

    /** @param size of each piece; what the last ones hold beyond {@code length} does not count */
    static Body of(List<byte[]> pieces, int size, long length) {
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
        long length() {
            return length;
        }

        @Override
        boolean takesMemory() {
            return true;
        }

        @Override
        void keepOnly(List<ListElement> elements) {
            var parts = new HashMap<Long, byte[]>();
            elements.forEach(element -> parts.put(element.from(), bytes(element.from(), element.length())));
            kept = parts;
            pieces = List.of();
        }

        @Override
        Slice slice(long from, int count) {
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
