package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.Storable;
import org.jobtrail.veeam.Organization;

/**
 * Turns a job as the API sent it into its snapshot. Only documented fields of which a change means something are taken: eTag,
 * minuteOffset, _links and undocumented counters move by themselves. Stateless.
 */
public final class JobSnapshots {

    private static final List<String> VERBATIM = List.of("name", "description", "backupType", "lastStatus");
    private static final List<String> BOOLEANS = List.of("allMailboxes", "isEnabled");
    private static final List<String> MOMENTS = List.of("lastRun", "nextRun", "lastBackup");

    private static final JobFields FIELDS = new JobFields(
            Stream.of(
                            List.of("id", "organizationId", "backupJobId", "repositoryId", "schedulePolicy", "_links"),
                            VERBATIM,
                            BOOLEANS,
                            MOMENTS)
                    .flatMap(List::stream)
                    .collect(Collectors.toUnmodifiableSet()),
            Set.of("organization", "repository", "backupRepository"));

    private static final Pattern QUERY = Pattern.compile("[?#].*");

    private final LargeFields largeFields;

    public JobSnapshots(int eventMaxBytes) {
        this.largeFields = new LargeFields(eventMaxBytes);
    }

    /**
     * The fields of a job that anything is made of.
     *
     * @throws UnreadableJobException where the element is no job
     */
    static ObjectNode read(ListElement raw) {
        return FIELDS.of(raw);
    }

    /** @throws UnreadableJobException where the element is no job */
    public JobSnapshot snapshot(ListElement raw, Organization organization) {
        return snapshot(read(raw), raw.length(), organization);
    }

    /** @param sentBytes what the job took where it came from */
    JobSnapshot snapshot(ObjectNode job, int sentBytes, Organization organization) {
        String id = id(job.get("id"));
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("id", id);
        VERBATIM.forEach(name -> Normal.put(fields, name, Normal.verbatim(job.get(name))));
        BOOLEANS.forEach(name -> Normal.put(fields, name, Normal.bool(job.get(name))));
        MOMENTS.forEach(name -> Normal.put(fields, name, Normal.moment(job.get(name))));
        JsonNode organizationId = Normal.id(job.get("organizationId"));
        fields.set("organizationId", organizationId == null ? TextNode.valueOf(organization.id()) : organizationId);
        Normal.put(fields, "backupJobId", Normal.id(job.get("backupJobId")));
        Normal.put(fields, "repositoryId", repository(job));
        Normal.put(fields, "schedulePolicy", SchedulePolicy.snapshot(job.get("schedulePolicy")));
        largeFields.reduce(fields, sentBytes);
        return JobSnapshot.of(id, fields);
    }

    /** @throws UnreadableJobException where it is none */
    static String id(JsonNode id) {
        if (id == null || !id.isTextual() || id.textValue().isBlank()) {
            throw new UnreadableJobException("it has no id");
        }
        String canonical = Organization.storableId(id.textValue());
        if (Storable.isLongerThan(Organization.LONGEST_ID, canonical)) {
            throw new UnreadableJobException("its id is longer than %d bytes".formatted(Organization.LONGEST_ID));
        }
        return canonical;
    }

    /**
     * A field from v6 on; before, the last segment of a link. It is never followed: its host is the server's internal name, or
     * anybody's.
     */
    private static JsonNode repository(ObjectNode job) {
        JsonNode id = Normal.id(job.get("repositoryId"));
        if (id != null) {
            return id;
        }
        String link = job.path("_links").has("repository") ? "repository" : "backupRepository";
        List<String> path = path(job, link);
        return path.isEmpty() ? null : Normal.id(TextNode.valueOf(path.get(path.size() - 1)));
    }

    /** The segments of the link's path; empty where there is no such link. */
    private static List<String> path(ObjectNode job, String link) {
        String href = job.path("_links").path(link).path("href").asText("");
        return Arrays.stream(QUERY.matcher(href).replaceAll("").split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }
}
