package org.jobtrail.checkpoint;

import java.util.Optional;

/**
 * What stands where a checkpoint should.
 *
 * @param where for people: the line of the file, the offset of the topic
 * @param checkpoint empty where it is none
 */
public record CheckpointLine(String where, Optional<Checkpoint> checkpoint) {

    public static CheckpointLine of(String where, String text) {
        try {
            return new CheckpointLine(where, Optional.of(Checkpoint.parse(text)));
        } catch (CheckpointException e) {
            return new CheckpointLine(where, Optional.empty());
        }
    }
}
