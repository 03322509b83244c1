package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import org.jobtrail.fetch.ListElement;
import org.jobtrail.fetch.Organization;

/**
 * Turns a job as the API sent it into its snapshot. Only documented fields of which a change means something are taken: eTag,
 * minuteOffset, _links and undocumented counters move by themselves. Stateless.
 */
public final class JobSnapshots {

    private static final int LONGEST_ID = 1_000;
    private static final List<String> VERBATIM =
            List.of("name", "description", "backupType", "lastStatus", "backupJobId");
    private static final List<String> BOOLEANS = List.of("allMailboxes", "isEnabled");
    private static final List<String> MOMENTS = List.of("lastRun", "nextRun", "lastBackup");

    private final LargeFields largeFields;

    public JobSnapshots(int eventMaxBytes) {
        this.largeFields = new LargeFields(eventMaxBytes);
    }

    /** @throws UnreadableJobException where the element is no job */
    public JobSnapshot snapshot(ListElement raw, Organization organization) {
        ObjectNode job = Json.job(raw);
        String id = id(job.get("id"));
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("id", id);
        VERBATIM.forEach(name -> put(fields, name, Normal.verbatim(job.get(name))));
        BOOLEANS.forEach(name -> put(fields, name, Normal.bool(job.get(name))));
        MOMENTS.forEach(name -> put(fields, name, Normal.moment(job.get(name))));
        JsonNode organizationId = Normal.id(job.get("organizationId"));
        fields.set("organizationId", organizationId == null ? TextNode.valueOf(organization.id()) : organizationId);
        put(fields, "repositoryId", repository(job));
        put(fields, "schedulePolicy", SchedulePolicy.snapshot(job.get("schedulePolicy")));
        largeFields.reduce(fields);
        return new JobSnapshot(id, fields);
    }

    private static String id(JsonNode id) {
        if (id == null || !id.isTextual() || id.textValue().isBlank()) {
            throw new UnreadableJobException("it has no id");
        }
        if (id.textValue().length() > LONGEST_ID) {
            throw new UnreadableJobException(
                    "its id has %d characters".formatted(id.textValue().length()));
        }
        return Json.storable(Organization.canonicalId(id.textValue()));
    }

    /** A field from v6 on; before, the last segment of a link, whose host is the server's internal name. */
    private static JsonNode repository(JsonNode job) {
        JsonNode id = Normal.id(job.get("repositoryId"));
        if (id != null) {
            return id;
        }
        JsonNode links = job.path("_links");
        JsonNode href = links.path(links.has("repository") ? "repository" : "backupRepository")
                .path("href");
        String path = href.asText("").replaceAll("[?#].*", "").replaceAll("/+$", "");
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.isEmpty() ? null : Normal.id(TextNode.valueOf(last));
    }

    private static void put(ObjectNode fields, String name, JsonNode value) {
        if (value != null) {
            fields.set(name, value);
        }
    }
}
