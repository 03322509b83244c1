package org.jobtrail.simulator;

/** The words of the API, in its spelling. */
enum JobStatus {
    Stopped,
    Running,
    Success,
    Warning,
    Failed,
    Queued,
    Disconnected,
    NotConfigured;

    boolean isGood() {
        return this == Success || this == Warning;
    }
}
