package org.jobtrail.record;

/** What a job was like is in its last row alone: without it, nobody can say what changed. */
final class UnknownSnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownSnapshotException(Recordings.Job job) {
        super(
                "nothing is recorded of organization %s: the last row of %s job %s is not there: run verify, and bring back what was removed"
                        .formatted(
                                job.organizationId(),
                                job.key().type(),
                                job.key().id()));
    }
}
