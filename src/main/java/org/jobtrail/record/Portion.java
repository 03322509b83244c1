package org.jobtrail.record;

import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.record.ChangeDetection.Touched;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.transform.ListedJob;
import org.jobtrail.transform.Listing.Rejected;

/**
 * So much of what a poll found as one statement records: most lists are one. A larger one does not fit into the memory, and would
 * keep the organization's head locked for too long.
 */
record Portion(
        List<ListedJob> changed, List<KnownJob> missing, List<Touched> touched, List<Rejected> rejected, boolean last) {

    /** The jobs of which the last snapshot is needed to tell what changed. */
    List<JobKey> needed() {
        return Stream.concat(
                        changed.stream().filter(job -> job.known() != null).map(ListedJob::key),
                        missing.stream().map(KnownJob::key))
                .toList();
    }
}
