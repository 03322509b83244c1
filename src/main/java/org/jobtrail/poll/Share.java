package org.jobtrail.poll;

/**
 * A part of an attempt that has a receipt of its own: 0 for the attempt itself, 1 to {@code shares} for organizations, one more for
 * the copy jobs of them all.
 *
 * @param taking how often it was taken, this time included: only who took it last may write its receipt
 */
record Share(int number, int shares, int taking) {

    static Share ofTheAttempt(int shares) {
        return new Share(0, shares, 0);
    }

    boolean isOfTheAttempt() {
        return number == 0;
    }

    boolean isOfOrganizations() {
        return number > 0 && number <= shares;
    }

    boolean isOfCopyJobs() {
        return number > shares;
    }
}
