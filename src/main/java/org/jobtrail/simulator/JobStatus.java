package org.jobtrail.simulator;

/** The words of the API, in its spelling. */
enum JobStatus {
    Stopped,
    Running,
    Success,
    Warning,
    Failed
}
