package org.jobtrail.verify;

/** There is nothing that could be verified. The message is one sentence. */
public final class UnverifiableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnverifiableException(String message) {
        super(message);
    }
}
