package org.jobtrail.crash;

/**
 * What the servers themselves hold when nothing passes any more. A point that were told wrongly from the wire would be another one,
 * and nobody would notice.
 *
 * @param rows those of a change in one of the two organizations: the other may be ahead, or behind
 * @param recorded rows of the last change that are in the history
 * @param acknowledged how many of them PostgreSQL knows to be on the topic
 * @param inTransaction whether the instance has a transaction of PostgreSQL's open
 * @param transaction the state of the publisher's transaction, as Kafka sees it
 */
record Evidence(long rows, long recorded, long acknowledged, boolean inTransaction, String transaction) {

    boolean isOf(Point point) {
        return switch (point) {
            case W0, W1, W2, W3 -> recorded <= rows;
            case W4, W5, W6, W7 -> recorded <= rows && inTransaction;
            case W8, W9 -> recorded >= rows;
            case R0, R1, R2 -> acknowledged == 0;
            case R3 -> acknowledged < recorded && !isOpen();
            case R4, R5, R6 -> acknowledged < recorded && isOpen();
            case R7, R8 -> acknowledged < recorded && isCommitted();
            case R9 -> acknowledged >= rows && isCommitted();
        };
    }

    private boolean isOpen() {
        return transaction.equals("Ongoing");
    }

    private boolean isCommitted() {
        return transaction.equals("CompleteCommit");
    }
}
