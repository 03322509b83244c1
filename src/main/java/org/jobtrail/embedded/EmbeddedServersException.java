package org.jobtrail.embedded;

/** What keeps the embedded servers from being used, as one sentence for the person at the terminal. */
public final class EmbeddedServersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedServersException(String sentence) {
        super(sentence);
    }

    EmbeddedServersException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
