package org.jobtrail.verify;

import java.util.Optional;
import org.jobtrail.checkpoint.Checkpoint;
import org.jobtrail.checkpoint.CheckpointException;

/**
 * What stands where a checkpoint should.
 *
 * @param where for people: the line of the file, the offset of the topic
 * @param checkpoint empty where it is none
 */
record CheckpointLine(String where, Optional<Checkpoint> checkpoint) {

    static CheckpointLine of(String where, String text) {
        try {
            return new CheckpointLine(where, Optional.of(Checkpoint.parse(text)));
        } catch (CheckpointException e) {
            return new CheckpointLine(where, Optional.empty());
        }
    }
}
