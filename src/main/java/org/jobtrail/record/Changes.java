package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jobtrail.record.Change.Shown;
import org.jobtrail.record.Change.State;
import org.jobtrail.record.ChangeDetection.Touched;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.ListedJob;
import org.jobtrail.veeam.Organization;

/** The rows that a poll appends, and the state that they leave behind: what the record function takes. */
final class Changes {

    private final Payload payload;
    private final List<Change> rows = new ArrayList<>();
    private final List<Touched> touched = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    Changes(String source, Organization organization, Claim claim, String apiVersion) {
        this.payload = new Payload(source, organization, claim, apiVersion);
    }

    /** The job is now as {@code after} says, by these kinds of change. */
    void append(ListedJob job, List<Kind> kinds, JobSnapshot before, JobSnapshot after) {
        ByteBuffer raw = job.raw().utf8();
        var state = new State(job.digest(), job.raw().digest());
        for (int i = 0; i < kinds.size(); i++) {
            add(job.key(), kinds.get(i), before, after, raw, i == kinds.size() - 1 ? state : State.NONE);
        }
    }

    /** The job is not listed any more; its state keeps what was last seen of it. */
    void appendMissing(JobKey key, JobSnapshot before, byte[] rawDigest) {
        var state = new State(before.digest(), rawDigest);
        add(key, new Kind(ChangeKind.MISSING, List.of()), before, null, null, state);
    }

    /** The job is as it was: told anew to whoever was told something else. */
    void appendRebaselined(JobKey key, JobSnapshot snapshot, boolean missing) {
        ChangeKind kind = missing ? ChangeKind.MISSING : ChangeKind.REBASELINED;
        add(key, new Kind(kind, List.of()), snapshot, missing ? null : snapshot, null, State.NONE);
    }

    /** What was kept of the job is gone; the function that blanks it sees to its state. */
    void appendErased(JobKey key, boolean present) {
        var kind = new Kind(ChangeKind.ERASED, List.of());
        add(new Change(key, kind, Shown.NOTHING, ByteBuffer.wrap(payload.erased(key, present)), null, State.NONE));
    }

    void touch(Touched job) {
        touched.add(job);
    }

    private void add(JobKey key, Kind kind, JobSnapshot before, JobSnapshot after, ByteBuffer raw, State state) {
        var told = ByteBuffer.wrap(payload.of(key, kind, before, after));
        add(new Change(key, kind, Shown.of(before, after), told, raw, state));
    }

    private void add(Change row) {
        counts.merge(row.kind().change().toString(), 1, Integer::sum);
        rows.add(row);
    }

    int count() {
        return rows.size();
    }

    /** How many rows there are, by kind. */
    Map<String, Integer> counts() {
        return counts;
    }

    List<Change> rows() {
        return rows;
    }

    /** The rows with their texts in them, for callers with few rows. */
    String rowsJson() {
        return PollObjects.array((objects, out) -> objects.write(rows, Change::write, out));
    }

    void writeTouched(PollObjects objects, JsonGenerator out) throws IOException {
        objects.write(
                touched,
                (job, one) -> {
                    one.writeStringField("job_type", job.key().type());
                    one.writeStringField("job_id", job.key().id());
                    one.writeNumberField("absent_polls", job.absentPolls());
                    one.writeStringField(
                            "raw_digest",
                            job.rawDigest() == null ? null : HexFormat.of().formatHex(job.rawDigest()));
                },
                out);
    }
}
