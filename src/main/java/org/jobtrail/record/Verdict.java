package org.jobtrail.record;

import java.time.Duration;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.Listing;

/** What may be concluded from a list that was received whole. */
enum Verdict {
    /** Presence and absence count. */
    COMPLETE(Status.COMPLETE),
    /** Some elements were unreadable: presence counts, absence does not. */
    PARTIAL(Status.PARTIAL),
    /** So much is gone at once that the list may be wrong, or it is about another organization: nothing counts. */
    SUSPECT(Status.SUSPECT);

    private static final int PLAUSIBLE_JOBS = 3;
    private static final double PLAUSIBLE_SHARE = 0.3;

    private final Status status;

    Verdict(Status status) {
        this.status = status;
    }

    /** What the receipt says of the list, unless a later poll came first. */
    Status status() {
        return status;
    }

    /**
     * An empty list after a non-empty one, or too many jobs gone at once, is suspect until every poll for long enough has read
     * the same reduced list. How often it was read does not matter: a server can be wrong quickly. The list of somebody else is
     * never believed.
     */
    static Verdict of(Listing listing, Claim claim, Absence absence) {
        if (listing.foreignOwner().isPresent()) {
            return SUSPECT;
        }
        if (listing.partial()) {
            return PARTIAL;
        }
        long gone =
                listing.gone().stream().filter(job -> job.absentPolls() == 0).count();
        boolean emptied = gone > 0 && listing.jobs() == 0;
        if (!emptied && gone <= Math.max(PLAUSIBLE_JOBS, listing.present() * PLAUSIBLE_SHARE)) {
            return COMPLETE;
        }
        return accepted(listing, claim) || sameForLong(listing, claim, absence) ? COMPLETE : SUSPECT;
    }

    /** An operator has seen this very list, and knows that it is true. */
    private static boolean accepted(Listing listing, Claim claim) {
        return claim.acceptedDigest().filter(listing.digest()::equals).isPresent();
    }

    private static boolean sameForLong(Listing listing, Claim claim, Absence absence) {
        return claim.suspectDigest().filter(listing.digest()::equals).isPresent()
                && claim.suspectSince()
                        .filter(since ->
                                Duration.between(since, claim.observed()).compareTo(absence.suspectFor()) >= 0)
                        .isPresent();
    }
}
