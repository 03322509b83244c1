package org.jobtrail.page;

/** A list that is not what the API promises: nothing of it is used, and nothing is concluded from its absence. */
public final class UnreadableListException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadableListException(String message) {
        super(message);
    }
}
