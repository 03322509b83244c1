package org.jobtrail.recover;

/** What an operator asks for cannot be done: why, and what to do. */
public final class CannotRecoverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CannotRecoverException(String message) {
        super(message);
    }
}
