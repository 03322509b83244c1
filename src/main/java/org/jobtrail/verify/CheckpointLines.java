package org.jobtrail.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The checkpoints in the file, one after the other, up to where it ended when it was opened. */
final class CheckpointLines implements Iterator<CheckpointLine>, AutoCloseable {

    private final Path file;
    private final BufferedReader reader;
    private String next;
    private long line;

    CheckpointLines(Path file) throws IOException {
        this.file = file;
        this.reader = new BufferedReader(new InputStreamReader(
                new Bounded(Files.newInputStream(file), Files.size(file)), StandardCharsets.US_ASCII));
    }

    @Override
    public boolean hasNext() {
        try {
            if (next == null) {
                next = reader.readLine();
            }
            return next != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CheckpointLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        String text = next;
        next = null;
        line++;
        return CheckpointLine.of("line %d of %s".formatted(line, file), text);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** What is appended meanwhile is on the topic later than the topic's end that we read to. */
    private static final class Bounded extends InputStream {

        private final InputStream in;
        private long left;

        Bounded(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
