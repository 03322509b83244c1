package org.jobtrail.transform;

import java.util.function.Function;
import org.jobtrail.fetch.ListElement;

/**
 * A job of a list: an element that shows it, what is known of it, and its snapshot where that had to be read. Used by one
 * thread at a time.
 */
public final class ListedJob {

    private final String type;
    private ListElement raw;
    private KnownJob known;
    private boolean unchanged;
    private byte[] digest;

    /** Its text: the tree of it takes several times the memory, and more time to be kept than to be made once more. */
    private byte[] snapshot;

    private boolean conflicting;

    ListedJob(String type, ListElement raw) {
        this.type = type;
        this.raw = raw;
    }

    public JobKey key() {
        return new JobKey(type, id());
    }

    String id() {
        return raw.id();
    }

    public ListElement raw() {
        return raw;
    }

    /** Null where nobody knew it. */
    public KnownJob known() {
        return known;
    }

    void know(KnownJob job, String apiVersion) {
        unchanged = job.isUnchanged(raw, apiVersion);
        // Of a huge list, a second text for each id would be felt; and what is the very same the next time is soon
        // compared.
        known = job.with(id(), unchanged ? raw.digest() : job.rawDigest());
    }

    /** True where its text is the one that is known: nothing else is read of it. */
    boolean isUnchanged() {
        return unchanged;
    }

    boolean isRead() {
        return digest != null;
    }

    /** False where its element is no job, or another organization's. */
    boolean isListed() {
        return unchanged || isRead();
    }

    /** Of the snapshot that was read. */
    public byte[] digest() {
        return digest;
    }

    /** @param kept what it says; null where it is not needed, or where there is no room for it: then it is read once more */
    void read(ListElement element, byte[] snapshotDigest, byte[] kept) {
        raw = element;
        digest = snapshotDigest;
        snapshot = kept;
    }

    JobSnapshot snapshot(Function<ListElement, JobSnapshot> reader) {
        return snapshot == null ? reader.apply(raw) : JobSnapshot.parse(snapshot);
    }

    /** What is known of it when its list is recorded. */
    KnownJob recorded(String apiVersion) {
        return !isRead() && known.absentPolls() == 0
                ? known
                : new KnownJob(type, id(), lastDigest(), raw.digest(), apiVersion, false, 0);
    }

    byte[] lastDigest() {
        return isRead() ? digest : known.digest();
    }

    /** True where it stands in the list twice and differs: nobody knows which of the two is right. */
    public boolean isConflicting() {
        return conflicting;
    }

    void conflict() {
        conflicting = true;
    }
}
