package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** What of a copy job tells whose it is. {@code unreadable} is why it is no job; null where it is one. */
public record CopyJob(ListElement raw, String id, String organizationId, String backupJobId, String unreadable) {

    public static CopyJob read(ListElement raw, ApiVersion version) {
        ObjectNode job;
        try {
            job = JobSnapshots.read(raw);
        } catch (UnreadableJobException e) {
            return new CopyJob(raw, null, null, null, e.getMessage());
        }
        String organizationId =
                version.jobsNameTheirOrganization() ? Owner.of(job, version).orElse(null) : null;
        String backupJobId = reference(job.get("backupJobId"));
        try {
            return new CopyJob(raw, JobSnapshots.id(job.get("id")), organizationId, backupJobId, null);
        } catch (UnreadableJobException e) {
            return new CopyJob(raw, null, organizationId, backupJobId, e.getMessage());
        }
    }

    public boolean readable() {
        return unreadable == null;
    }

    /** Why it is nobody's, of the organizations that are polled. */
    public String strangeness() {
        if (organizationId != null) {
            return "copy job %s is of organization %s, which the server does not list"
                    .formatted(OneLine.who(id), OneLine.who(organizationId));
        }
        return backupJobId == null
                ? "copy job %s names no backup job".formatted(OneLine.who(id))
                : "copy job %s is of backup job %s, which is not known"
                        .formatted(OneLine.who(id), OneLine.who(backupJobId));
    }

    private static String reference(JsonNode id) {
        return id == null || !id.isTextual() || id.textValue().isBlank()
                ? null
                : Organization.storableId(id.textValue());
    }
}
