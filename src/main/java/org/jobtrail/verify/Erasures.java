package org.jobtrail.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.function.Function;
import org.jobtrail.transform.JobKey;

/** Rows whose contents are gone, and for which no later row of the same job has said yet that they were erased. */
final class Erasures {

    /** The first such row of a job, and the last. */
    record Blank(long first, long last) {}

    private final Function<JobKey, NavigableSet<Long>> noted;
    private final Map<JobKey, Blank> open = new HashMap<>();

    /** @param noted the rows that say so, as the notes name them */
    Erasures(Function<JobKey, NavigableSet<Long>> noted) {
        this.noted = noted;
    }

    void add(HistoryRow row) {
        var key = new JobKey(row.jobType(), row.jobId());
        if (row.isBlank()) {
            open.merge(key, new Blank(row.seq(), row.seq()), (before, now) -> new Blank(before.first(), now.last()));
        } else if (row.changeKind().equals("erased") && noted.apply(key).contains(row.seq())) {
            open.remove(key);
        }
    }

    /**
     * What nothing explains, among the rows up to this one; where only some of them are verified, what the notes name beyond it.
     *
     * @param end where the history ends: a row beyond that could be named by anybody
     */
    Map<JobKey, Blank> unexplained(long last, long end) {
        var unexplained = new HashMap<>(open);
        unexplained.entrySet().removeIf(job -> {
            Long later = noted.apply(job.getKey())
                    .higher(Math.max(last, job.getValue().last()));
            return later != null && later <= end;
        });
        return unexplained;
    }
}
