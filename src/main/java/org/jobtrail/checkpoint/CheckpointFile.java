package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints once more, one a line, for readers who do not trust the keeper of the topic. The file is only ever appended to, so that it
 * may lie where nothing can be changed; it gets what is committed on the topic, and what it lacks of that.
 */
final class CheckpointFile {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");
    private static final int BLOCK = 65_536;

    private final Path file;

    CheckpointFile(Path file) {
        this.file = file;
    }

    /** What the file ends with: its last whole line, and what a crash left of one after it. */
    private record Tail(Optional<Checkpoint> last, String torn) {

        long number() {
            return last.map(Checkpoint::number).orElse(0L);
        }
    }

    /**
     * Appends what the file lacks of the topic.
     *
     * @param last the topic's last checkpoint
     * @throws CheckpointException where the file has what the topic has not: one of them lost something, or they do not belong
     *     together, and that is for a person to see
     */
    void complete(CheckpointTopic topic, Optional<Checkpoint> last) throws IOException {
        try (FileChannel channel = open()) {
            Tail[] tail = {tail()};
            requireFits(tail[0], last);
            if (last.isEmpty() || tail[0].number() == last.get().number()) {
                return;
            }
            long before = tail[0].number();
            topic.from(Math.max(1, before), checkpoint -> tail[0] = append(channel, tail[0], checkpoint));
            channel.force(false);
            if (before > 0 || tail[0].number() > 1) {
                LOG.info("{} lacked checkpoints up to {}: taken from the topic", file, tail[0].number());
            }
        }
    }

    /**
     * Looks, and writes nothing.
     *
     * @throws CheckpointException where {@link #complete} would find a contradiction at the file's end
     */
    void require(Optional<Checkpoint> last) throws IOException {
        if (Files.exists(file)) {
            requireFits(tail(), last);
        }
    }

    /** What it ends with; none where it is not there, or has no whole line. */
    Optional<Checkpoint> last() throws IOException {
        return Files.exists(file) ? tail().last() : Optional.empty();
    }

    private void requireFits(Tail tail, Optional<Checkpoint> last) {
        long known = last.map(Checkpoint::number).orElse(0L);
        if (tail.number() > known) {
            throw contradiction(
                    "ends with checkpoint %d, the topic with %s".formatted(tail.number(), known == 0 ? "none" : known));
        }
        last.filter(checkpoint -> checkpoint.number() == tail.number())
                .ifPresent(checkpoint -> requireSame(tail, checkpoint));
    }

    private void requireSame(Tail tail, Checkpoint same) {
        if (!same.jws().equals(tail.last().orElseThrow().jws())) {
            throw contradiction("and the topic have different checkpoints %d".formatted(same.number()));
        }
    }

    /** Appends the next one, which is on the disk when this returns. */
    void append(Checkpoint checkpoint) throws IOException {
        try (FileChannel channel = open()) {
            append(channel, tail(), checkpoint);
            channel.force(false);
        }
    }

    /** Only to append: where nothing can be changed, no other way to write is open. */
    private FileChannel open() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Tail append(FileChannel channel, Tail tail, Checkpoint next) {
        if (next.number() < tail.number()) {
            return tail;
        }
        if (next.number() == tail.number()) {
            requireSame(tail, next);
            return tail;
        }
        if (tail.last().isPresent() && next.number() > tail.number() + 1) {
            LOG.warn(
                    "checkpoints {} to {} are neither in {} nor on the topic any more",
                    tail.number() + 1,
                    next.number() - 1,
                    file);
        } else if (tail.last()
                .filter(last -> !last.digest().equals(next.previous()))
                .isPresent()) {
            throw contradiction("ends with another checkpoint %d than the one that the topic goes on from"
                    .formatted(tail.number()));
        }
        if (!next.jws().startsWith(tail.torn())) {
            throw contradiction("ends with a piece of something else than checkpoint %d".formatted(next.number()));
        }
        write(channel, next.jws().substring(tail.torn().length()) + "\n");
        return new Tail(Optional.of(next), "");
    }

    private void write(FileChannel channel, String text) {
        try {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new CheckpointException("checkpoint.file names %s, which cannot be written: %s: %s"
                    .formatted(file, e.getClass().getSimpleName(), e.getMessage()));
        }
    }

    private Tail tail() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return tail(channel);
        }
    }

    private Tail tail(FileChannel channel) throws IOException {
        long end = channel.size();
        long torn = afterLineBreak(channel, end);
        if (torn == 0) {
            return new Tail(Optional.empty(), text(channel, 0, end));
        }
        try {
            String line = text(channel, afterLineBreak(channel, torn - 1), torn - 1);
            return new Tail(Optional.of(Checkpoint.parse(line)), text(channel, torn, end));
        } catch (CheckpointException e) {
            throw contradiction("ends with a line that is " + e.getMessage());
        }
    }

    /** Where the line begins of which {@code end} is the end. */
    private static long afterLineBreak(FileChannel channel, long end) throws IOException {
        for (long to = end; to > 0; to -= BLOCK) {
            long from = Math.max(0, to - BLOCK);
            int found = text(channel, from, to).lastIndexOf('\n');
            if (found >= 0) {
                return from + found + 1;
            }
        }
        return 0;
    }

    private static String text(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
            // until all of it is there
        }
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }

    private CheckpointException contradiction(String problem) {
        return new CheckpointException(
                "checkpoint.file names %s, which %s: see which of them lost something, and give the other a place of its own (checkpoint.file, kafka.topic.checkpoints)"
                        .formatted(file, problem));
    }
}
