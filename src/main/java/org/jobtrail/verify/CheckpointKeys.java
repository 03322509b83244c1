package org.jobtrail.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jobtrail.checkpoint.Checkpoint;
import org.jobtrail.checkpoint.TrustedKeys;

/** Whom the checkpoints are to be signed by: the keys of a file, or, where nobody gave any, nobody in particular. */
public record CheckpointKeys(Optional<TrustedKeys> trusted) {

    /** Those of a file, where it is there. */
    public static CheckpointKeys of(Path file) {
        return new CheckpointKeys(Files.exists(file) ? Optional.of(TrustedKeys.read(file)) : Optional.empty());
    }

    /** What is wrong with its signature; empty where nothing is. */
    Optional<String> problem(Checkpoint checkpoint) {
        if (trusted.isEmpty()) {
            return Optional.empty();
        }
        return trusted.get()
                .find(checkpoint.kid())
                .map(key -> checkpoint.signedBy(key) ? "" : "its signature is not that of key " + checkpoint.kid())
                .or(() -> Optional.of("its key %s is none of those that are trusted".formatted(checkpoint.kid())))
                .filter(problem -> !problem.isEmpty());
    }
}
