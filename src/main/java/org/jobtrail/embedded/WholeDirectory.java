package org.jobtrail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that is either not there or complete: it is filled beside its place and then moved. A process killed half way
 * through unpacking, initdb or formatting would otherwise leave a directory that looks ready and never starts.
 */
final class WholeDirectory {
    interface Filling {
        void fill(Path directory) throws Exception;
    }

    private WholeDirectory() {}

    static void ensure(Path directory, Filling filling) throws Exception {
        if (isFilled(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        // A name of its own each time: what a killed process started
        // (an initdb, say) may still be writing to the last one.
        Path draft = parent.resolve(directory.getFileName() + ".draft-" + UUID.randomUUID());
        Files.createDirectory(draft);
        try {
            filling.fill(draft);
            Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Somebody else was faster, which is as good: the cache of unpacked binaries has no owner.
            if (!isFilled(directory)) {
                throw e;
            }
        } finally {
            delete(draft);
        }
    }

    /** What killed processes left behind. Nobody can tell a forgotten draft from one being filled, except by its age. */
    static void deleteDrafts(Path directory, Duration untouchedFor) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (!Files.isDirectory(parent)) {
            return;
        }
        Instant limit = Instant.now().minus(untouchedFor);
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(parent, directory.getFileName() + ".draft-*")) {
            for (Path draft : drafts) {
                if (Files.getLastModifiedTime(draft).toInstant().isBefore(limit)) {
                    delete(draft);
                }
            }
        }
    }

    private static boolean isFilled(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isPresent();
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // What cannot be deleted, or is being deleted by its
            // owner, is only space: no later start looks into a draft.
        }
    }
}
