package org.jobtrail.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.text.Sha256;
import org.jobtrail.transform.JobKey;

/** One organization's history, row by row, folded into what it says of each job; kept as digests. */
final class Fold {

    /** What is known of a job: the digest of its latest snapshot, whether it is missing, and the row that said so. */
    record Job(String snapshotDigest, boolean missing, long seq) {}

    private static final String ERASED = digest("{}");

    private final Map<JobKey, Job> jobs = new HashMap<>();

    /** @throws IOException where the payload is not JSON */
    void add(HistoryRow row) throws IOException {
        var key = new JobKey(row.jobType(), row.jobId());
        Job before = jobs.get(key);
        if (row.changeKind().equals("erased")) {
            boolean missing = before == null ? tellsAbsence(row.payload()) : before.missing();
            jobs.put(key, new Job(ERASED, missing, row.seq()));
            return;
        }
        boolean missing = row.changeKind().equals("missing");
        Optional<String> snapshot = row.payload() == null ? Optional.empty() : member("after", row.payload());
        if (snapshot.isEmpty() && before == null && row.payload() != null) {
            // The rows before are sealed: the last snapshot of a missing job is the one from before it went.
            snapshot = member("before", row.payload());
        }
        String digest = snapshot.map(Fold::digest).orElse(before == null ? null : before.snapshotDigest());
        jobs.put(key, new Job(digest, missing, row.seq()));
    }

    /** Compares with the state that the database keeps; tells the first job that differs, but for those to be passed over. */
    Optional<String> contradiction(Map<JobKey, Job> state, Set<JobKey> passedOver) {
        for (Map.Entry<JobKey, Job> entry : state.entrySet()) {
            Job folded = jobs.get(entry.getKey());
            if (!entry.getValue().equals(folded) && !passedOver.contains(entry.getKey())) {
                return Optional.of("the state of %s job %s is not what its history says"
                        .formatted(entry.getKey().type(), entry.getKey().id()));
            }
        }
        return jobs.keySet().stream()
                .filter(key -> !state.containsKey(key))
                .findFirst()
                .map(key -> "%s job %s has a history but no state".formatted(key.type(), key.id()));
    }

    static String digest(String snapshot) {
        return Sha256.hex(snapshot);
    }

    int jobs() {
        return jobs.size();
    }

    /** What stays of a job of which the rows before are sealed. */
    private static boolean tellsAbsence(String payload) throws IOException {
        return payload != null && !RecordedJson.object(payload).path("present").asBoolean(true);
    }

    /** The text of a member that is an object, as it stands in the payload. */
    private static Optional<String> member(String name, String payload) throws IOException {
        return RecordedJson.member(name, payload.getBytes(StandardCharsets.UTF_8))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
