package org.jobtrail.authenticate;

/** A login that gave no token, or none that helps; the message names what the operator can look at, and holds no secret. */
public final class LoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean credentialsRefused;

    LoginException(String message) {
        this(message, false);
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
