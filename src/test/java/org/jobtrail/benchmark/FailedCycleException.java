package org.jobtrail.benchmark;

/** A poll was not what was to be measured. The message says it all. */
final class FailedCycleException extends Exception {

    private static final long serialVersionUID = 1L;

    FailedCycleException(String message) {
        super(message);
    }
}
