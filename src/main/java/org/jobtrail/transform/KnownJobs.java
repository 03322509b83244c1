package org.jobtrail.transform;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the history knows of an organization's jobs, found by key or by the text that the server sent last. */
public final class KnownJobs {

    private final Map<JobKey, KnownJob> byKey = new HashMap<>();
    private final Map<String, KnownJob> byRawDigest = new HashMap<>();

    private KnownJobs() {}

    public static KnownJobs of(List<Map<String, Object>> rows) {
        var known = new KnownJobs();
        for (Map<String, Object> row : rows) {
            KnownJob job = KnownJob.of(row);
            known.byKey.put(job.key(), job);
            known.byRawDigest.put(job.rawDigest(), job);
        }
        return known;
    }

    public KnownJob find(JobKey key) {
        return byKey.get(key);
    }

    /** The job whose text was this one, if it is present and was read with this version of the API. */
    KnownJob unchanged(String rawDigest, String apiVersion) {
        KnownJob job = byRawDigest.get(rawDigest);
        return job != null && !job.missing() && job.apiVersion().equals(apiVersion) ? job : null;
    }

    public List<KnownJob> present() {
        return byKey.values().stream().filter(job -> !job.missing()).toList();
    }
}
