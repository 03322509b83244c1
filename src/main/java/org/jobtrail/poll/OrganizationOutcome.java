package org.jobtrail.poll;

import java.util.Map;

/** How one organization's poll ended. */
public record OrganizationOutcome(
        String organizationId,
        Status status,
        String reason,
        int jobs,
        Map<String, Integer> changes,
        int rejected,
        String listDigest) {

    /** What the receipt says of an organization. */
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

    static OrganizationOutcome failed(String organizationId, String reason) {
        return new OrganizationOutcome(organizationId, Status.FAILED, reason, 0, Map.of(), 0, null);
    }

    int changeCount() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
