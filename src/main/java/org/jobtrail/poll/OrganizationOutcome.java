package org.jobtrail.poll;

import java.util.Map;
import org.jobtrail.fetch.JobType;

/**
 * How the poll of one of an organization's lists ended; without an organization, that of the list of copy jobs, which is the
 * whole source's, before it was anybody's.
 */
public record OrganizationOutcome(
        String organizationId,
        JobType jobType,
        Status status,
        String reason,
        int jobs,
        Map<String, Integer> changes,
        int rejected,
        String listDigest) {

    /** What the receipt says of a list. */
    public enum Status {
        /** The whole list was read: presence and absence count. */
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

    static OrganizationOutcome failed(String organizationId, JobType jobType, String reason) {
        return new OrganizationOutcome(organizationId, jobType, Status.FAILED, reason, 0, Map.of(), 0, null);
    }

    /** Some of the source's copy jobs could be given to no organization, so many of them because they were unreadable. */
    public static OrganizationOutcome partialCopyJobs(String reason, int rejected) {
        return new OrganizationOutcome(null, JobType.COPY, Status.PARTIAL, reason, 0, Map.of(), rejected, null);
    }

    /** True where only the whole source's list is in doubt: its own outcome says it, once for all organizations. */
    boolean toldElsewhere() {
        return organizationId != null && status == Status.PARTIAL && reason == null;
    }

    /** The list and how it ended, in words. */
    String text() {
        return "%s: %s%s".formatted(list(), status, reason == null ? "" : ", " + reason);
    }

    private String list() {
        // The id is the server's: nothing in it may break the line or move the cursor of a terminal.
        String organization = organizationId == null
                ? ""
                : "organization " + organizationId.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ");
        return switch (jobType) {
            case BACKUP -> organization;
            case COPY -> organizationId == null ? "copy jobs" : organization + ", copy jobs";
        };
    }

    int changeCount() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
