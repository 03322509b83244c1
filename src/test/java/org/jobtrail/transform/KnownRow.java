package org.jobtrail.transform;

import java.sql.Array;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.veeam.ApiVersion;

/** What the database says of a job that it knows, as {@code known_jobs.sql} yields it. */
public final class KnownRow {

    private KnownRow() {}

    public static Map<String, Object> of(
            String id, byte[] digest, byte[] rawDigest, ApiVersion version, boolean missing, int absentPolls) {
        Map<String, Object> row = new HashMap<>();
        row.put("job_ids", ids(id));
        row.put("digests", digest);
        row.put("raw_digests", rawDigest);
        row.put("api_version", version.toString());
        row.put("missing", missing);
        row.put("absent_polls", absentPolls);
        row.put("last", id);
        return row;
    }

    private static Array ids(String id) {
        return (Array) java.lang.reflect.Proxy.newProxyInstance(
                KnownRow.class.getClassLoader(), new Class<?>[] {Array.class}, (array, method, arguments) ->
                        new String[] {id});
    }
}
