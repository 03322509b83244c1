package org.jobtrail.transform;

/** A list element that is no job: it is kept aside with this reason, and costs only itself. */
public final class UnreadableJobException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableJobException(String message) {
        super(message);
    }
}
