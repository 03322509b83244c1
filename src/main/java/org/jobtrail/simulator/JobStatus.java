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

    /** Versions before v5 have five words, and say the nearest of them. */
    JobStatus in(ApiVersion version) {
        if (version.since(ApiVersion.V5)) {
            return this;
        }
        return switch (this) {
            case Queued -> Running;
            case Disconnected, NotConfigured -> Failed;
            default -> this;
        };
    }
}
