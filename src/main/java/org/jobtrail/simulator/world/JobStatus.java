package org.jobtrail.simulator.world;

/** The words of the API, in its spelling. */
public enum JobStatus {
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
