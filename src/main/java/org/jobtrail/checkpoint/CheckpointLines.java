package org.jobtrail.checkpoint;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The checkpoints in the file, one after the other, up to where it ended when it was opened. A line is one when it has its end: what
 * comes after the last is being written, or was when the machine stopped.
 */
public final class CheckpointLines implements Iterator<CheckpointLine>, AutoCloseable {

    private final Path file;
    private final InputStream in;
    private String next;
    private long line;
    private boolean torn;

    public CheckpointLines(Path file) throws IOException {
        this.file = file;
        this.in = new BufferedInputStream(new Bounded(Files.newInputStream(file), Files.size(file)));
    }

    /** @throws UncheckedIOException where the file cannot be read any further */
    @Override
    public boolean hasNext() {
        try {
            if (next == null) {
                next = line();
            }
            return next != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null where no whole one is left. */
    private String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int one = in.read(); one >= 0; one = in.read()) {
            if (one == '\n') {
                return bytes.toString(StandardCharsets.ISO_8859_1);
            }
            bytes.write(one);
        }
        torn |= bytes.size() > 0;
        return null;
    }

    /** True where something came after the last line. To be asked when all of them were read. */
    public boolean torn() {
        return torn;
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
        in.close();
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
