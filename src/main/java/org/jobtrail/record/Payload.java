package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.text.JsonText;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.veeam.Organization;

/** Writes what a row tells: one line of JSON, the same bytes in the history and on the topic. */
final class Payload {

    /** A domain name has 253 characters at most; what is longer would not fit beside two snapshots. */
    private static final int LONGEST_NAME = 256;

    private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BEFORE = ",\"before\":".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AFTER = ",\"after\":".getBytes(StandardCharsets.UTF_8);

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

    /** The bytes of the two snapshots are taken as they are. What comes after stands last: the publisher relies on that. */
    byte[] of(JobKey key, Kind kind, JobSnapshot before, JobSnapshot after) {
        byte[] head = JsonText.utf8(out -> {
            out.writeStartObject();
            head(out, key);
            out.writeFieldName("name");
            name(out, (after == null ? before : after).field("name"));
            out.writeEndObject();
            out.writeStringField("kind", kind.change().toString());
            if (kind.change() == ChangeKind.CREATED) {
                out.writeBooleanField("initial", claim.firstPoll());
            }
            out.writeStringField("observedAt", claim.observedAt());
            out.writeStringField("apiVersion", apiVersion);
            out.writeArrayFieldStart("changedFields");
            for (String field : kind.changedFields()) {
                out.writeString(field);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
        byte[] old = before == null ? NULL : before.utf8();
        byte[] now = after == null ? NULL : after.utf8();
        // In place of the bracket that ends it.
        return ByteBuffer.allocate(head.length + BEFORE.length + old.length + AFTER.length + now.length)
                .put(head, 0, head.length - 1)
                .put(BEFORE)
                .put(old)
                .put(AFTER)
                .put(now)
                .put(head, head.length - 1, 1)
                .array();
    }

    /** Tells nothing of the job but that it was there, or was missing: the rest is what was erased. */
    byte[] erased(JobKey key, boolean present) {
        return JsonText.utf8(out -> {
            out.writeStartObject();
            head(out, key);
            out.writeEndObject();
            out.writeStringField("kind", ChangeKind.ERASED.toString());
            out.writeBooleanField("present", present);
            out.writeStringField("observedAt", claim.observedAt());
            out.writeStringField("apiVersion", apiVersion);
            out.writeEndObject();
        });
    }

    /** Up to what of the job is told besides its key. */
    private void head(JsonGenerator out, JobKey key) throws IOException {
        out.writeStringField("source", source);
        out.writeObjectFieldStart("organization");
        out.writeStringField("id", organization.id());
        out.writeStringField("name", shortened(organization.name()));
        out.writeEndObject();
        out.writeObjectFieldStart("job");
        out.writeStringField("type", key.type());
        out.writeStringField("id", key.id());
    }

    private static void name(JsonGenerator out, JsonNode name) throws IOException {
        if (name == null) {
            out.writeNull();
        } else {
            JsonText.write(out, name);
        }
    }

    static String shortened(String name) {
        if (name == null || name.length() <= LONGEST_NAME) {
            return name;
        }
        // Half of a pair would be no text.
        boolean inAPair = Character.isHighSurrogate(name.charAt(LONGEST_NAME - 1));
        return name.substring(0, inAPair ? LONGEST_NAME - 1 : LONGEST_NAME);
    }
}
