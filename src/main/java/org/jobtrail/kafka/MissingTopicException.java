package org.jobtrail.kafka;

/** A topic that is not there and that this account may not create, or that is not as it must be. The message tells what to do. */
public final class MissingTopicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MissingTopicException(String message) {
        super(message);
    }
}
