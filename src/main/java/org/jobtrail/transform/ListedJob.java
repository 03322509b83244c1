package org.jobtrail.transform;

import java.util.function.Function;
import org.jobtrail.page.ListElement;

/**
 * A job of a list: an element that shows it, what is known of it, and its snapshot where that had to be read. Nothing but where all
 * of that stands: of a long list, there is none until somebody asks for it. Used by one thread at a time.
 */
public final class ListedJob {

    private final JobsById jobs;
    private final int number;

    ListedJob(JobsById jobs, int number) {
        this.jobs = jobs;
        this.number = number;
    }

    public JobKey key() {
        return new JobKey(jobs.type(), id());
    }

    String id() {
        return jobs.id(number);
    }

    public ListElement raw() {
        return jobs.raw(number);
    }

    /** Null where nobody knew it. */
    public KnownJob known() {
        return jobs.known(number);
    }

    void know(KnownJob job) {
        jobs.know(number, job);
    }

    boolean isRead() {
        return jobs.isRead(number);
    }

    /** False where its element is no job, or another organization's. */
    boolean isListed() {
        return jobs.isListed(number);
    }

    /** The digest of the snapshot that was read. */
    public byte[] digest() {
        return jobs.digest(number);
    }

    /** @param kept what it says; null where it is not needed, or where there is no room for it: then it is read once more */
    void read(ListElement element, byte[] snapshotDigest, byte[] kept) {
        jobs.read(number, element, snapshotDigest, kept);
    }

    JobSnapshot snapshot(Function<ListElement, JobSnapshot> reader) {
        byte[] kept = jobs.snapshot(number);
        return kept == null ? reader.apply(raw()) : JobSnapshot.parse(kept);
    }

    /** What is known of it when its list is recorded. */
    KnownJob recorded() {
        return jobs.recorded(number);
    }

    byte[] lastDigest() {
        return jobs.lastDigest(number);
    }

    /** True where it stands in the list twice and differs: nobody knows which of the two is right. */
    public boolean isConflicting() {
        return jobs.isConflicting(number);
    }

    void conflict() {
        jobs.conflict(number);
    }
}
