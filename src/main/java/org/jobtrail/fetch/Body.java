package org.jobtrail.fetch;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * The body of an answer, unpacked, for as long as its list is dealt with: in memory, or a large one in a file. Its parts may be
 * read by several threads.
 */
abstract class Body implements AutoCloseable {

    /** Bytes that may be there anyway, among others. */
    record Slice(byte[] bytes, int from, int length) {}

    abstract long length();

    /** From its beginning. */
    abstract InputStream stream();

    abstract Slice slice(long from, int length);

    abstract boolean takesMemory();

    /** What is in memory goes by itself. */
    @Override
    public void close() {}

    static Body of(byte[] bytes) {
        return of(bytes, bytes.length);
    }

    static Body of(byte[] bytes, int length) {
        return new InMemory(bytes, length);
    }

    private static final class InMemory extends Body {

        private final byte[] bytes;
        private final int length;

        InMemory(byte[] bytes, int length) {
            this.bytes = bytes;
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
        InputStream stream() {
            return new ByteArrayInputStream(bytes, 0, length);
        }

        @Override
        Slice slice(long from, int size) {
            return new Slice(bytes, (int) from, size);
        }
    }
}
