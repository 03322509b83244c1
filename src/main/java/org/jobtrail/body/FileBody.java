package org.jobtrail.body;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A body that is too large for the memory. Its file has lost its name before anything is in it, where the system allows: nothing is
 * left of it when the process dies, and nobody else can open it.
 */
public final class FileBody extends Body {

    /** Each page of a long list has a file, which holds on to what was read last. */
    private static final int MOST_AHEAD = 64 * 1024;

    private final FileChannel file;
    private volatile Window window = new Window(0, new byte[0]);
    private long length;

    /** What was read last. Its bytes never change: slices of it stay good. */
    private record Window(long from, byte[] bytes) {

        boolean holds(long at, int size) {
            return at >= from && at + size <= end();
        }

        /** True for what begins in it or right behind it. */
        boolean leadsTo(long at) {
            return at >= from && at <= end() + 1;
        }

        private long end() {
            return from + bytes.length;
        }
    }

    FileBody(FileChannel file) {
        this.file = file;
    }

    public static FileBody create() throws OversizedAnswerException {
        try {
            return new FileBody(temporary());
        } catch (IOException e) {
            throw new OversizedAnswerException(e);
        }
    }

    private static FileChannel temporary() throws IOException {
        Path path = Files.createTempFile("jobtrail-list", null);
        // Its name goes at once, and the rest when it is closed: nothing is left by a program that is killed.
        return FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    public void append(byte[] bytes, int count) throws OversizedAnswerException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
        try {
            while (rest.hasRemaining()) {
                length += file.write(rest, length);
            }
        } catch (IOException e) {
            throw new OversizedAnswerException(e);
        }
    }

    /** A body within this one. */
    public Body part(long from, long partLength) {
        return new Part(from, partLength);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean takesMemory() {
        return false;
    }

    /**
     * Where one element is read after the other, it reads ahead, ever more at once; where single ones are looked up, little is read in
     * vain.
     */
    @Override
    public Slice slice(long from, int size) {
        Window last = window;
        if (!last.holds(from, size)) {
            long ahead = last.leadsTo(from) ? Math.min(2L * last.bytes().length, MOST_AHEAD) : 0;
            int count = (int) Math.max(size, Math.min(ahead, length - from));
            last = new Window(from, read(from, count));
            window = last;
        }
        return new Slice(last.bytes(), (int) (from - last.from()), size);
    }

    private byte[] read(long from, int size) {
        byte[] bytes = new byte[size];
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining()) {
                if (file.read(rest, from + rest.position()) < 0) {
                    throw new IOException("a list that was put aside has become shorter");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Nobody needs it any more, and the system closes it with the process.
        }
    }

    private final class Part extends Body {

        private final long from;
        private final long length;

        Part(long from, long length) {
            this.from = from;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public boolean takesMemory() {
            return false;
        }

        @Override
        public Slice slice(long offset, int size) {
            return FileBody.this.slice(from + offset, size);
        }
    }
}
