package org.jobtrail.transform;

import java.util.HexFormat;
import java.util.Map;

/** What the history knows of a job, by digest. */
public record KnownJob(
        JobKey key, String digest, String rawDigest, String apiVersion, boolean missing, int absentPolls) {

    static KnownJob of(Map<?, ?> row) {
        return new KnownJob(
                new JobKey((String) row.get("job_type"), (String) row.get("job_id")),
                HexFormat.of().formatHex((byte[]) row.get("digest")),
                HexFormat.of().formatHex((byte[]) row.get("raw_digest")),
                (String) row.get("api_version"),
                (Boolean) row.get("missing"),
                ((Number) row.get("absent_polls")).intValue());
    }
}
