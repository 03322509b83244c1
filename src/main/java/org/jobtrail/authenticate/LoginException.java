package org.jobtrail.authenticate;

/** A login that gave no token; the message names what the operator can look at, and holds no secret. */
public final class LoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LoginException(String message) {
        super(message);
    }
}
