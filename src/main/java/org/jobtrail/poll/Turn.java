package org.jobtrail.poll;

/** One share from its message to its end, and the copy jobs where it was the last. Used by one thread at a time. */
public final class Turn {

    private final long attempt;
    private final int share;
    private boolean polled;
    private boolean more = true;
    private boolean ended;

    Turn(long attempt, int share) {
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
        return polled;
    }

    void took(Share taken) {
        polled = true;
        ended = taken.isOfCopyJobs();
    }

    void nothingLeft() {
        more = false;
    }

    public boolean isMore() {
        return more;
    }

    /** With the copy jobs, which come last, the attempt has ended. */
    public boolean isEnded() {
        return ended;
    }
}
