package org.jobtrail.poll;

/** The server seems to know an older version of the API at most than it was last polled with. */
final class DoubtedVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DoubtedVersionException(String message) {
        super(message);
    }
}
