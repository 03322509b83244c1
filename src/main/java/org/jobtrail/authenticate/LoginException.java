package org.jobtrail.authenticate;

import org.apache.camel.http.base.HttpOperationFailedException;

/** A login that gave no token, or none that helps; the message names what the operator can look at, and holds no secret. */
public final class LoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean credentialsRefused;

    LoginException(String message) {
        this(message, false);
    }

    /** The token is good, but not for what was refused with it. */
    LoginException(String message, HttpOperationFailedException refusal) {
        super(message, refusal);
        this.credentialsRefused = false;
    }

    private LoginException(String message, boolean credentialsRefused) {
        super(message);
        this.credentialsRefused = credentialsRefused;
    }

    static LoginException refused(String message) {
        return new LoginException(message, true);
    }

    /** True where nothing but the operator can help. */
    boolean credentialsRefused() {
        return credentialsRefused;
    }
}
