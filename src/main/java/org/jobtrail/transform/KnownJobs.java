package org.jobtrail.transform;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jobtrail.text.Sha256;

/** Jobs of which the history knows the same, but for their digests: as they come from the database. */
final class KnownJobs {

    private final String jobType;
    private final Map<?, ?> row;

    KnownJobs(String jobType, Map<?, ?> row) {
        this.jobType = jobType;
        this.row = row;
    }

    /** @return how many there are */
    int forEach(Consumer<KnownJob> taker) {
        String[] ids = ids();
        byte[] digests = digests("digests", ids.length);
        byte[] rawDigests = digests("raw_digests", ids.length);
        String apiVersion = ((String) row.get("api_version")).intern();
        boolean missing = (Boolean) row.get("missing");
        int absentPolls = ((Number) row.get("absent_polls")).intValue();
        for (int i = 0; i < ids.length; i++) {
            taker.accept(new KnownJob(
                    jobType, ids[i], digest(digests, i), digest(rawDigests, i), apiVersion, missing, absentPolls));
        }
        return ids.length;
    }

    private String[] ids() {
        try {
            return (String[]) ((Array) row.get("job_ids")).getArray();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] digests(String column, int count) {
        byte[] digests = (byte[]) row.get(column);
        if (digests.length != count * Sha256.LENGTH) {
            throw new IllegalStateException("%d bytes are no digests of %d jobs".formatted(digests.length, count));
        }
        return digests;
    }

    private static byte[] digest(byte[] digests, int n) {
        return Arrays.copyOfRange(digests, n * Sha256.LENGTH, (n + 1) * Sha256.LENGTH);
    }
}
