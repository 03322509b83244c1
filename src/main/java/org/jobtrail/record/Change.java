package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;

/**
 * A row that a poll appends.
 *
 * @param shown nothing where the job was erased
 * @param raw what the server sent; null where it sent nothing
 * @param state none where another row of the job follows, or where nobody has read it
 */
record Change(JobKey key, Kind kind, Shown shown, ByteBuffer payload, ByteBuffer raw, State state) {

    /** What of a job has columns of its own: without the snapshots, which would be in memory until the row is recorded. */
    record Shown(
            String name, Boolean enabled, String lastStatus, String previousStatus, String lastRun, String nextRun) {

        static final Shown NOTHING = new Shown(null, null, null, null, null, null);

        static Shown of(JobSnapshot before, JobSnapshot after) {
            JobSnapshot shown = after == null ? before : after;
            return new Shown(
                    shown.text("name"),
                    shown.enabled(),
                    shown.text("lastStatus"),
                    before == null ? null : before.text("lastStatus"),
                    shown.moment("lastRun"),
                    shown.moment("nextRun"));
        }

        private void write(JsonGenerator out) throws IOException {
            out.writeStringField("job_name", name);
            if (enabled != null) {
                out.writeBooleanField("enabled", enabled);
            }
            out.writeStringField("last_status", lastStatus);
            out.writeStringField("previous_status", previousStatus);
            out.writeStringField("last_run", lastRun);
            out.writeStringField("next_run", nextRun);
        }
    }

    /** What the job is compared with from then on: the digests of its snapshot, which the row has, and of its text. */
    record State(byte[] digest, byte[] rawDigest) {

        static final State NONE = new State(null, null);
    }

    /** The row with its texts in it, for callers with few rows. */
    void write(JsonGenerator out) throws IOException {
        out.writeStringField("job_type", key.type());
        out.writeStringField("job_id", key.id());
        out.writeStringField("change_kind", kind.change().toString());
        out.writeArrayFieldStart("changed_fields");
        for (String field : kind.changedFields()) {
            out.writeString(field);
        }
        out.writeEndArray();
        shown.write(out);
        out.writeStringField("payload", text(payload));
        out.writeStringField("raw", raw == null ? null : text(raw));
    }

    static String text(ByteBuffer utf8) {
        return StandardCharsets.UTF_8.decode(utf8.duplicate()).toString();
    }
}
