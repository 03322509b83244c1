package org.jobtrail.record;

import java.time.Duration;

/**
 * Whether a portion of a poll is in the history, from the first statement that appends it until that is certain. A connection that is lost
 * around a commit leaves it open: then the database is asked, under a lock that waits for whatever is still running there. Used by
 * one thread at a time.
 */
public final class Settlement {

    private static final int MOST_LOSSES = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private long claim;
    private long after;
    private boolean open = true;
    private boolean asking;
    private Losses losses = new Losses();

    /** How often an answer was lost: of one portion, or of several that share the patience. */
    static final class Losses {
        private int count;
    }

    /** @param after the last row before it */
    Settlement(long claim, long after) {
        this.claim = claim;
        this.after = after;
    }

    /** The settlement of the portion that follows. */
    Settlement ofTheNext() {
        return new Settlement(claim, after);
    }

    /** True until it is certain. */
    public boolean isOpen() {
        return open;
    }

    /** True where the answer to a statement was lost: it may have been carried out. */
    public boolean isAsking() {
        return asking;
    }

    /** How long to wait before the database is asked, in milliseconds: after a loss of its own, it may just be starting again. */
    public long getPause() {
        return losses.count == 0 ? 0 : FIRST_PAUSE.toMillis() << (losses.count - 1);
    }

    long claim() {
        return claim;
    }

    long after() {
        return after;
    }

    boolean hasPatience() {
        return losses.count < MOST_LOSSES;
    }

    void lost() {
        losses.count++;
        asking = true;
    }

    /** The answer to a statement with several portions was lost: each is asked for, and what one has waited none waits again. */
    void lostWithOthers(Losses shared) {
        losses = shared;
        asking = true;
    }

    /** It was not carried out, and with this claim it never will be by anybody but us. */
    void again(long newClaim) {
        claim = newClaim;
        asking = false;
    }

    /** @param lastSeq where the history ends now */
    void settled(long lastSeq) {
        after = lastSeq;
        open = false;
        asking = false;
    }
}
