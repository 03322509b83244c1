package org.jobtrail.pipeline;

/** The route files cannot be worked with; the message says which and why. */
public final class InvalidRoutesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidRoutesException(String problem, Exception cause) {
        super("the folder routes is not in order: " + problem.strip().replaceAll("\\s+", " "), cause);
    }
}
