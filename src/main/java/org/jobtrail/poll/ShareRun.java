package org.jobtrail.poll;

/** One share from its message to its end, and the copy jobs where it was the last. Used by one thread at a time. */
public final class ShareRun {

    private final long attempt;
    private final int share;
    private Attempt taken;
    private boolean more = true;

    ShareRun(long attempt, int share) {
        this.attempt = attempt;
        this.share = share;
    }

    long attempt() {
        return attempt;
    }

    int share() {
        return share;
    }

    /** Its organizations were polled by this instance. */
    boolean polled() {
        return taken != null;
    }

    void took(Attempt share) {
        taken = share;
    }

    void nothingLeft() {
        more = false;
    }

    /** Copy jobs come last: whoever has lost them to another instance does not take them back. */
    public boolean isMore() {
        return more && (taken == null || !taken.share().isOfCopyJobs());
    }

    /** There is something in hand. */
    public boolean isTaken() {
        return more;
    }

    /** With the receipt of the copy jobs, which come last, the attempt has ended. */
    public boolean isEnded() {
        return taken != null && taken.share().isOfCopyJobs() && taken.hasReceipt();
    }
}
