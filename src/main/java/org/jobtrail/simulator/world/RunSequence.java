package org.jobtrail.simulator.world;

import java.util.Optional;

/** The runs of a job, one after another. */
interface RunSequence {
    /** The run that began last, waiting, under way or finished. */
    Optional<Run> latest(long now);

    Optional<Run> before(Run run);

    /** Until {@code queuedUntil}, which may be its start, it waits. */
    record Run(long number, long start, long queuedUntil, long end, JobStatus result) {

        JobStatus statusAt(long now) {
            if (finishedAt(now)) {
                return result;
            }
            return now < queuedUntil ? JobStatus.Queued : JobStatus.Running;
        }

        boolean finishedAt(long now) {
            return end <= now;
        }

        long latestChangeUntil(long now) {
            if (finishedAt(now)) {
                return end;
            }
            return now < queuedUntil ? start : queuedUntil;
        }
    }
}
