package org.jobtrail.verify;

import org.jobtrail.verify.Report.Verdict;

/**
 * How many of the rows that were verified are not on the topic, or may not be, and how many no checkpoint covers.
 *
 * @param leftBehind rows that were never on the topic, which an epoch excuses
 * @param compared false where there was no topic to compare with
 * @param whole false where the oldest events are gone
 * @param removed true where they are gone, though nothing but a person removes them
 */
record Gaps(long unpublished, long leftBehind, boolean compared, boolean whole, boolean removed, long uncovered) {

    private static final int NOT_ALL_PROVEN = 10;

    static Gaps notCompared(long uncovered) {
        return new Gaps(0, 0, false, false, false, uncovered);
    }

    /** The verdict on rows with which nothing is wrong. */
    Verdict verdict(long rows) {
        return new Verdict(
                any() ? NOT_ALL_PROVEN : 0, "intact: %d rows verified, %s, %s".formatted(rows, topic(), covered()));
    }

    /** Not all of it has a witness. */
    private boolean any() {
        return unpublished > 0 || uncovered > 0 || !compared || removed;
    }

    private String topic() {
        String topic = "all of them on the topic";
        if (!compared) {
            topic = "not compared with the topic";
        } else if (unpublished > 0) {
            topic = "%d of them not on the topic yet".formatted(unpublished);
        } else if (!whole) {
            topic = "all of them published, of which the oldest events are gone%s"
                    .formatted(removed ? "" : " by retention");
        }
        return leftBehind == 0 ? topic : topic + ", but for %d that an epoch has left behind".formatted(leftBehind);
    }

    private String covered() {
        return uncovered == 0
                ? "all of them covered by a checkpoint"
                : "%d of them not covered by a checkpoint yet".formatted(uncovered);
    }
}
