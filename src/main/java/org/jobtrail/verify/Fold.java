package org.jobtrail.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.Json;

/** One organization's history, row by row, folded into what it says of each job; kept as digests. */
final class Fold {

    /** What is known of a job: the digest of its latest snapshot, whether it is missing, and the row that said so. */
    record Job(String snapshotDigest, boolean missing, long seq) {}

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<JobKey, Job> jobs = new HashMap<>();

    void add(HistoryRow row) throws IOException {
        var key = new JobKey(row.jobType(), row.jobId());
        boolean missing = row.changeKind().equals("missing");
        Optional<String> after = row.payload() == null ? Optional.empty() : after(row.payload());
        Job before = jobs.get(key);
        String digest = after.map(Fold::digest).orElse(before == null ? null : before.snapshotDigest());
        jobs.put(key, new Job(digest, missing, row.seq()));
    }

    /** Compares with the state that the database keeps; tells the first job that differs. */
    Optional<String> contradiction(Map<JobKey, Job> state) {
        for (Map.Entry<JobKey, Job> entry : state.entrySet()) {
            Job folded = jobs.get(entry.getKey());
            if (!entry.getValue().equals(folded)) {
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
        return HexFormat.of().formatHex(Json.sha256(snapshot));
    }

    int jobs() {
        return jobs.size();
    }

    /** The text of the member "after", as it stands in the payload. */
    private static Optional<String> after(String payload) throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = JSON.createParser(bytes)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean after = parser.currentName().equals("after");
                JsonToken value = parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (after && value == JsonToken.START_OBJECT) {
                    int to = (int) parser.currentLocation().getByteOffset();
                    return Optional.of(new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.UTF_8));
                }
            }
            return Optional.empty();
        }
    }
}
