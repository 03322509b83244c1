package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jobtrail.fetch.Organization;
import org.jobtrail.record.ChangeDetection.Touched;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.ListedJob;

/** The rows that a poll appends, and the state that they leave behind: what the record function takes. */
final class Changes {

    /** What of a job has columns of its own: without the snapshots, which would be in memory until the row is recorded. */
    private record Columns(
            String name, Boolean enabled, String lastStatus, String previousStatus, String lastRun, String nextRun) {

        static Columns of(JobSnapshot before, JobSnapshot after) {
            JobSnapshot shown = after == null ? before : after;
            return new Columns(
                    shown.text("name"),
                    shown.enabled(),
                    shown.text("lastStatus"),
                    before == null ? null : before.text("lastStatus"),
                    shown.moment("lastRun"),
                    shown.moment("nextRun"));
        }

        void write(JsonGenerator out) throws IOException {
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

    /** {@code columns} is null where the job was erased: nothing is told of it. */
    private record Row(JobKey key, Kind kind, Columns columns) {

        void write(JsonGenerator out) throws IOException {
            Changes.write(key, out);
            out.writeStringField("change_kind", kind.change().toString());
            out.writeArrayFieldStart("changed_fields");
            for (String field : kind.changedFields()) {
                out.writeString(field);
            }
            out.writeEndArray();
            if (columns != null) {
                columns.write(out);
            }
        }
    }

    private record State(JobKey key, byte[] digest, byte[] rawDigest, int lastChange, boolean missing) {

        void write(JsonGenerator out, String apiVersion) throws IOException {
            Changes.write(key, out);
            out.writeStringField("digest", HexFormat.of().formatHex(digest));
            out.writeStringField("raw_digest", HexFormat.of().formatHex(rawDigest));
            out.writeStringField("api_version", apiVersion);
            out.writeNumberField("last_change", lastChange);
            out.writeBooleanField("missing", missing);
        }
    }

    private final Payload payload;
    private final List<Row> rows = new ArrayList<>();
    private final TextArray payloads = new TextArray();
    private final TextArray raws = new TextArray();
    private final List<State> states = new ArrayList<>();
    private final TextArray snapshots = new TextArray();
    private final List<Touched> touched = new ArrayList<>();
    private final Map<ChangeKind, Integer> counts = new EnumMap<>(ChangeKind.class);
    private final String apiVersion;

    Changes(String source, Organization organization, Claim claim, String apiVersion) {
        this.payload = new Payload(source, organization, claim, apiVersion);
        this.apiVersion = apiVersion;
    }

    /** The job is now as {@code after} says, by these kinds of change. */
    void append(ListedJob job, List<Kind> kinds, JobSnapshot before, JobSnapshot after) {
        ByteBuffer raw = job.raw().utf8();
        for (Kind kind : kinds) {
            row(job.key(), kind, before, after, raw);
        }
        state(job.key(), after, job.digest(), job.raw().digest(), false);
    }

    /** The job is not listed any more; its state keeps what was last seen of it. */
    void appendMissing(JobKey key, JobSnapshot before, byte[] rawDigest) {
        row(key, new Kind(ChangeKind.MISSING, List.of()), before, null, null);
        state(key, before, before.digest(), rawDigest, true);
    }

    /** The job is as it was: told anew to whoever was told something else. */
    void appendRebaselined(JobKey key, JobSnapshot snapshot, boolean missing) {
        ChangeKind kind = missing ? ChangeKind.MISSING : ChangeKind.REBASELINED;
        row(key, new Kind(kind, List.of()), snapshot, missing ? null : snapshot, null);
    }

    /** What was kept of the job is gone; the function that blanks it sees to its state. */
    void appendErased(JobKey key, boolean present) {
        var kind = new Kind(ChangeKind.ERASED, List.of());
        add(new Row(key, kind, null), payload.erased(key, present), null);
    }

    void touch(Touched job) {
        touched.add(job);
    }

    private void row(JobKey key, Kind kind, JobSnapshot before, JobSnapshot after, ByteBuffer raw) {
        add(new Row(key, kind, Columns.of(before, after)), payload.of(key, kind, before, after), raw);
    }

    private void add(Row row, byte[] told, ByteBuffer raw) {
        counts.merge(row.kind().change(), 1, Integer::sum);
        rows.add(row);
        payloads.add(ByteBuffer.wrap(told));
        raws.add(raw);
    }

    private void state(JobKey key, JobSnapshot snapshot, byte[] digest, byte[] rawDigest, boolean missing) {
        snapshots.add(ByteBuffer.wrap(snapshot.utf8()));
        states.add(new State(key, digest, rawDigest, rows.size(), missing));
    }

    int count() {
        return rows.size();
    }

    Map<ChangeKind, Integer> counts() {
        return counts;
    }

    void writeRows(PollObjects objects, JsonGenerator out) throws IOException {
        objects.write(rows, Row::write, out);
    }

    /** The payload of each row. */
    TextArray payloads() {
        return payloads;
    }

    /** What the server sent of each row; null where it sent nothing. */
    TextArray raws() {
        return raws;
    }

    /** The rows with their texts in them, for who has few. */
    String wholeRowsJson() {
        List<Integer> places = IntStream.range(0, rows.size()).boxed().toList();
        return PollObjects.array((objects, out) -> objects.write(
                places,
                (place, row) -> {
                    rows.get(place).write(row);
                    row.writeStringField("payload", payloads.get(place));
                    row.writeStringField("raw", raws.get(place));
                },
                out));
    }

    /** The snapshot of each state. */
    TextArray snapshots() {
        return snapshots;
    }

    void writeStates(PollObjects objects, JsonGenerator out) throws IOException {
        objects.write(states, (state, one) -> state.write(one, apiVersion), out);
    }

    void writeTouched(PollObjects objects, JsonGenerator out) throws IOException {
        objects.write(
                touched,
                (job, one) -> {
                    write(job.key(), one);
                    one.writeNumberField("absent_polls", job.absentPolls());
                    one.writeStringField(
                            "raw_digest",
                            job.rawDigest() == null ? null : HexFormat.of().formatHex(job.rawDigest()));
                },
                out);
    }

    private static void write(JobKey key, JsonGenerator out) throws IOException {
        out.writeStringField("job_type", key.type());
        out.writeStringField("job_id", key.id());
    }
}
