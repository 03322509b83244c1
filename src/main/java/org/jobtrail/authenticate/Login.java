package org.jobtrail.authenticate;

/** How the server answered a request for a token. */
enum Login {
    LOGGED_IN,
    REFRESHED,
    REFRESH_REFUSED,
    VERSION_UNKNOWN,
    CREDENTIALS_REFUSED,
    FAILED
}
