package org.jobtrail.command;

/** Something outside of the program keeps it from doing what it was asked; the message says what. */
final class CannotRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CannotRunException(String message) {
        super(message);
    }
}
