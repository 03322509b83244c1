package org.jobtrail.transform;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.fetch.JobType;
import org.jobtrail.fetch.ListElement;

/**
 * The jobs of a list in the order of their ids, each once. A map would take as much memory for each as the job itself, and a server
 * chooses the ids.
 */
final class JobsById {

    private final ListedJob[] sorted;

    private JobsById(ListedJob[] sorted) {
        this.sorted = sorted;
    }

    /** The first element of several with one id. */
    static JobsById of(JobType type, List<ListElement> elements) {
        ListedJob[] jobs = elements.stream()
                .filter(raw -> raw.id() != null)
                .map(raw -> new ListedJob(type.toString(), raw))
                .toArray(ListedJob[]::new);
        // Stable: of those with one id, the first stays the first.
        Arrays.sort(jobs, Comparator.comparing(ListedJob::id));
        int count = 0;
        for (ListedJob job : jobs) {
            if (count == 0 || !jobs[count - 1].id().equals(job.id())) {
                jobs[count++] = job;
            }
        }
        return new JobsById(count == jobs.length ? jobs : Arrays.copyOf(jobs, count));
    }

    /** Null where there is none. */
    ListedJob get(String id) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int order = id.compareTo(sorted[middle].id());
            if (order == 0) {
                return sorted[middle];
            }
            if (order < 0) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return null;
    }

    int size() {
        return sorted.length;
    }

    Stream<ListedJob> stream() {
        return Arrays.stream(sorted);
    }
}
