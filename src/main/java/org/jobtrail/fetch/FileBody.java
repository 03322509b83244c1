package org.jobtrail.fetch;

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
final class FileBody extends Body {

    private final FileChannel file;
    private long length;

    private FileBody(FileChannel file) {
        this.file = file;
    }

    static FileBody create() throws IOException {
        Path path = Files.createTempFile("jobtrail-list", null);
        FileChannel file = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try {
            Files.delete(path);
        } catch (IOException e) {
            // Windows deletes no open file: it goes when it is closed.
        }
        return new FileBody(file);
    }

    void append(byte[] bytes, int count) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
        while (rest.hasRemaining()) {
            length += file.write(rest, length);
        }
    }

    /** A body within this one. */
    Body part(long from, long partLength) {
        return new Part(from, partLength);
    }

    @Override
    long length() {
        return length;
    }

    @Override
    boolean takesMemory() {
        return false;
    }

    @Override
    Slice slice(long from, int size) {
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
        return new Slice(bytes, 0, size);
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
        long length() {
            return length;
        }

        @Override
        boolean takesMemory() {
            return false;
        }

        @Override
        Slice slice(long offset, int size) {
            return FileBody.this.slice(from + offset, size);
        }
    }
}
