package org.jobtrail.poll;

import java.util.Locale;
import org.jobtrail.text.OneLine;
import org.jobtrail.transform.KeptAside;
import org.jobtrail.veeam.JobType;

/** How the poll of one of an organization's lists ended; without an organization, of the source's list of copy jobs. */
public record ListOutcome(
        String organizationId,
        JobType jobType,
        Status status,
        String reason,
        int jobs,
        int rejected,
        String listDigest,
        Cause cause) {

    public ListOutcome(
            String organizationId,
            JobType jobType,
            Status status,
            String reason,
            int jobs,
            int rejected,
            String listDigest) {
        this(organizationId, jobType, status, reason, jobs, rejected, listDigest, null);
    }

    /** What has become of an organization that could not be read, where that is known. */
    public enum Cause {
        /** The account may not read it: 401 or 403. */
        ACCESS_LOST,
        /** The server does not have it any more. */
        ORGANIZATION_GONE,
        /** Another server answers, which does not have it. */
        SERVER_REPLACED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What the receipt says of a list. */
    public enum Status {
        /** The whole list was read: presence and absence count. Or it is known to be as it was recorded last. */
        COMPLETE,
        /** The whole list was received, some of it was unreadable: presence counts. */
        PARTIAL,
        /** The list could not be read. */
        FAILED,
        /** The list is implausibly short: nothing was recorded. */
        SUSPECT,
        /** A later poll came first: nothing was recorded. */
        SUPERSEDED
    }

    /** The list is the one that was recorded last. */
    public static ListOutcome unchanged(String organizationId, JobType jobType, int jobs, String listDigest) {
        return new ListOutcome(organizationId, jobType, Status.COMPLETE, null, jobs, 0, listDigest);
    }

    public static ListOutcome failed(String organizationId, JobType jobType, String reason) {
        return failed(organizationId, jobType, reason, null);
    }

    static ListOutcome failed(String organizationId, JobType jobType, String reason, Cause cause) {
        return new ListOutcome(organizationId, jobType, Status.FAILED, reason, 0, 0, null, cause);
    }

    /** Some of the source's copy jobs could be given to no organization, so many of them because they were unreadable. */
    public static ListOutcome partialCopyJobs(String reason, int rejected) {
        return new ListOutcome(null, JobType.COPY, Status.PARTIAL, reason, 0, rejected, null);
    }

    /** True where only the whole source's list is in doubt: its own outcome says it, once for all organizations. */
    boolean toldElsewhere() {
        return organizationId != null && status == Status.PARTIAL && reason == null;
    }

    /** The list and how it ended, in words. */
    String text() {
        return "%s: %s%s".formatted(list(), status, reason == null ? "" : ", " + reason);
    }

    /** A text that is equal for lists to which the same happened: a reason may name the organization, or a job of it. */
    String likeness() {
        String what = reason == null || organizationId == null
                ? reason
                : KeptAside.withoutWho(reason.replace(organizationId, ""));
        return jobType + " " + status + " " + what;
    }

    /** The organization's id on one line: it is the server's, and nothing in it may move the cursor of a terminal. */
    String organization() {
        return OneLine.of(organizationId);
    }

    private String list() {
        return switch (jobType) {
            case BACKUP -> "organization " + organization();
            case COPY -> organizationId == null ? "copy jobs" : "organization " + organization() + ", copy jobs";
        };
    }
}
