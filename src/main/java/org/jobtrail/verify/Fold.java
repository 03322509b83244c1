package org.jobtrail.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;

/** One organization's history, row by row, folded into what it says of each job; kept as digests. */
final class Fold {

    /** What is known of a job: the digest of its latest snapshot, whether it is missing, and the row that said so. */
    record Job(String digest, boolean missing, long seq) {}

    private static final Job NONE = new Job(null, false, 0);

    private final Map<JobKey, Job> state;
    private final Map<JobKey, Job> jobs = new HashMap<>();

    /** @param state what the database keeps: only of the rows that it names is the snapshot looked at */
    Fold(Map<JobKey, Job> state) {
        this.state = state;
    }

    /** @throws IOException where the payload is not JSON */
    void add(HistoryRow row) throws IOException {
        var key = new JobKey(row.jobType(), row.jobId());
        boolean missing = isMissing(row, jobs.get(key));
        String digest = row.seq() == state.getOrDefault(key, NONE).seq() ? digest(row.payload()) : null;
        jobs.put(key, new Job(digest, missing, row.seq()));
    }

    private static boolean isMissing(HistoryRow row, Job before) {
        if (row.changeKind().equals("erased")) {
            return before == null ? tellsAbsence(row.payload()) : before.missing();
        }
        return row.changeKind().equals("missing");
    }

    /** What stays of a job of which the rows before are sealed. */
    private static boolean tellsAbsence(String payload) {
        return payload != null && !RecordedJson.object(payload).path("present").asBoolean(true);
    }

    /** None where there is no payload any more. */
    private static String digest(String payload) throws IOException {
        return payload == null
                ? null
                : HexFormat.of()
                        .formatHex(JobSnapshot.leftBy(payload.getBytes(StandardCharsets.UTF_8))
                                .digest());
    }

    /** Compares with the state that the database keeps; tells the first job that differs, but for those to be passed over. */
    Optional<String> contradiction(Set<JobKey> passedOver) {
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

    int jobs() {
        return jobs.size();
    }
}
