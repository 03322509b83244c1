package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a file of checkpoints ends with, for tests of who goes by it. */
public final class SignedCheckpoint {

    private SignedCheckpoint() {}

    /** Signs that the history of an organization goes to that row; makes the key too. */
    public static void write(Path keyFile, Path file, String organization, long seq) throws IOException {
        write(
                CheckpointKey.open(keyFile),
                file,
                new Heads.Organization(organization, 1, seq, Checkpoint.NOTHING_BEFORE));
    }

    /** Signs once more what the file ends with, and that there is one note by now. */
    public static void appendWithNote(Path keyFile, Path file, byte[] hash) throws IOException {
        append(
                keyFile,
                file,
                heads -> new Heads(
                        heads.database(),
                        heads.organizations(),
                        heads.receipts(),
                        new Heads.Notes(1, HexFormat.of().formatHex(hash))));
    }

    /** Signs once more what the file ends with, and that the receipts of a source end with one that is nowhere. */
    public static void appendWithReceipt(Path keyFile, Path file, String source, long seq) throws IOException {
        append(
                keyFile,
                file,
                heads -> new Heads(
                        heads.database(),
                        heads.organizations(),
                        List.of(new Heads.Receipts(source, seq, Checkpoint.NOTHING_BEFORE)),
                        heads.notes()));
    }

    private static void append(Path keyFile, Path file, UnaryOperator<Heads> change) throws IOException {
        String lines = Files.readString(file);
        Checkpoint last =
                Checkpoint.parse(lines.lines().reduce((first, second) -> second).orElseThrow());
        Checkpoint signed = Checkpoint.sign(
                CheckpointKey.open(keyFile),
                last.number() + 1,
                last.digest(),
                last.takenAt(),
                "test",
                change.apply(last.heads()));
        Files.writeString(file, lines + signed.jws() + "\n");
    }

    static void write(CheckpointKey key, Path file, Heads.Organization... organizations) throws IOException {
        Checkpoint signed = Checkpoint.sign(
                key,
                1,
                Checkpoint.NOTHING_BEFORE,
                Instant.parse("2026-11-28T00:00:00Z"),
                "test",
                new Heads(
                        new Heads.Database("1", "jobtrail"),
                        List.of(organizations),
                        List.of(),
                        new Heads.Notes(0, Checkpoint.NOTHING_BEFORE)));
        Files.writeString(file, signed.jws() + "\n");
    }
}
