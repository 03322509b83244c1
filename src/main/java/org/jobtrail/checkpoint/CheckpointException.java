package org.jobtrail.checkpoint;

/** Something keeps a checkpoint from being read or taken. The message tells what, and what to do. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CheckpointException(String message) {
        super(message);
    }
}
