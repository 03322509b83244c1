package org.jobtrail.fetch;

/** An element of a list of organizations that is none: it costs only itself. Nothing that stands in it is told. */
final class UnreadableOrganizationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableOrganizationException(String message) {
        super(message);
    }
}
