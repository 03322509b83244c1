package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jobtrail.fetch.Organization;
import org.jobtrail.record.ChangeDetection.Touched;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;
import org.jobtrail.transform.ListedJob;

/** The rows that a poll appends, and the state that they leave behind: what the record function takes. */
final class Changes {

    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private final Payload payload;
    private final ArrayNode rows = nodes.arrayNode();
    private final List<String> payloads = new ArrayList<>();
    private final List<String> raws = new ArrayList<>();
    private final ArrayNode states = nodes.arrayNode();
    private final List<String> snapshots = new ArrayList<>();
    private final ArrayNode touched = nodes.arrayNode();
    private final Map<ChangeKind, Integer> counts = new EnumMap<>(ChangeKind.class);
    private final String apiVersion;

    Changes(String source, Organization organization, Claim claim, String apiVersion) {
        this.payload = new Payload(source, organization, claim, apiVersion);
        this.apiVersion = apiVersion;
    }

    /** The job is now as {@code after} says, by these kinds of change. */
    void append(ListedJob job, List<Kind> kinds, JobSnapshot before, JobSnapshot after) {
        String raw = job.raw().text();
        for (Kind kind : kinds) {
            row(job.key(), kind, before, after, raw);
        }
        state(job.key(), after, job.digest(), job.raw().digest()).put("missing", false);
    }

    /** The job is not listed any more; its state keeps what was last seen of it. */
    void appendMissing(JobKey key, JobSnapshot before, byte[] rawDigest) {
        row(key, new Kind(ChangeKind.MISSING, List.of()), before, null, null);
        state(key, before, before.digest(), rawDigest).put("missing", true);
    }

    /** The job is as it was: told anew to whoever was told something else. */
    void appendRebaselined(JobKey key, JobSnapshot snapshot, boolean missing) {
        ChangeKind kind = missing ? ChangeKind.MISSING : ChangeKind.REBASELINED;
        row(key, new Kind(kind, List.of()), snapshot, missing ? null : snapshot, null);
    }

    /** What was kept of the job is gone; the function that blanks it sees to its state. */
    void appendErased(JobKey key, boolean present) {
        counts.merge(ChangeKind.ERASED, 1, Integer::sum);
        rows.addObject()
                .put("job_type", key.type())
                .put("job_id", key.id())
                .put("change_kind", ChangeKind.ERASED.toString())
                .putArray("changed_fields");
        payloads.add(payload.erased(key, present));
        raws.add(null);
    }

    void touch(Touched job) {
        touched.addObject()
                .put("job_type", job.key().type())
                .put("job_id", job.key().id())
                .put("absent_polls", job.absentPolls())
                .put(
                        "raw_digest",
                        job.rawDigest() == null ? null : HexFormat.of().formatHex(job.rawDigest()));
    }

    private void row(JobKey key, Kind kind, JobSnapshot before, JobSnapshot after, String raw) {
        JobSnapshot shown = after == null ? before : after;
        counts.merge(kind.change(), 1, Integer::sum);
        ObjectNode row = rows.addObject();
        row.put("job_type", key.type())
                .put("job_id", key.id())
                .put("job_name", shown.text("name"))
                .put("change_kind", kind.change().toString())
                .put("enabled", shown.enabled())
                .put("last_status", shown.text("lastStatus"))
                .put("previous_status", before == null ? null : before.text("lastStatus"))
                .put("last_run", shown.moment("lastRun"))
                .put("next_run", shown.moment("nextRun"));
        kind.changedFields().forEach(row.putArray("changed_fields")::add);
        payloads.add(payload.of(key, kind, before, after));
        raws.add(raw);
    }

    private ObjectNode state(JobKey key, JobSnapshot snapshot, byte[] digest, byte[] rawDigest) {
        snapshots.add(snapshot.json());
        return states.addObject()
                .put("job_type", key.type())
                .put("job_id", key.id())
                .put("digest", HexFormat.of().formatHex(digest))
                .put("raw_digest", HexFormat.of().formatHex(rawDigest))
                .put("api_version", apiVersion)
                .put("last_change", rows.size());
    }

    int count() {
        return rows.size();
    }

    Map<ChangeKind, Integer> counts() {
        return counts;
    }

    String rowsJson() {
        return Json.text(rows);
    }

    /** The payload of each row. */
    String[] payloads() {
        return payloads.toArray(String[]::new);
    }

    /** What the server sent of each row; null where it sent nothing. */
    String[] raws() {
        return raws.toArray(String[]::new);
    }

    /** The rows with their texts in them, for who has few. */
    String wholeRowsJson() {
        ArrayNode whole = rows.deepCopy();
        for (int i = 0; i < whole.size(); i++) {
            ((ObjectNode) whole.get(i)).put("payload", payloads.get(i)).put("raw", raws.get(i));
        }
        return Json.text(whole);
    }

    /** The snapshot of each state. */
    String[] snapshots() {
        return snapshots.toArray(String[]::new);
    }

    String statesJson() {
        return Json.text(states);
    }

    String touchedJson() {
        return Json.text(touched);
    }
}
