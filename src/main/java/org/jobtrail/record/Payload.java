package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jobtrail.fetch.Organization;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;

/** Writes what a row tells: one line of JSON, the same bytes in the history and on the topic. */
final class Payload {

    /** A domain name has 253 characters at most; what is longer would not fit beside two snapshots. */
    private static final int LONGEST_NAME = 256;

    private final String source;
    private final Organization organization;
    private final Claim claim;
    private final String apiVersion;

    Payload(String source, Organization organization, Claim claim, String apiVersion) {
        this.source = source;
        this.organization = organization;
        this.claim = claim;
        this.apiVersion = apiVersion;
    }

    String of(JobKey key, Kind kind, JobSnapshot before, JobSnapshot after) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        payload.put("source", source);
        payload.putObject("organization").put("id", organization.id()).put("name", shortened(organization.name()));
        ObjectNode job = payload.putObject("job").put("type", key.type()).put("id", key.id());
        job.set("name", (after == null ? before : after).fields().get("name"));
        payload.put("kind", kind.change().toString());
        if (kind.change() == ChangeKind.CREATED) {
            payload.put("initial", claim.firstPoll());
        }
        payload.put("observedAt", claim.observedAt()).put("apiVersion", apiVersion);
        kind.changedFields().forEach(payload.putArray("changedFields")::add);
        payload.set("before", before == null ? null : before.node());
        payload.set("after", after == null ? null : after.node());
        return Json.text(payload);
    }

    /** Tells nothing of the job but that it was there, or was missing: the rest is what was erased. */
    String erased(JobKey key, boolean present) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        payload.put("source", source);
        payload.putObject("organization").put("id", organization.id()).put("name", shortened(organization.name()));
        payload.putObject("job").put("type", key.type()).put("id", key.id());
        payload.put("kind", ChangeKind.ERASED.toString())
                .put("present", present)
                .put("observedAt", claim.observedAt())
                .put("apiVersion", apiVersion);
        return Json.text(payload);
    }

    private static String shortened(String name) {
        return name == null || name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
    }
}
