package org.jobtrail.observe;

import java.util.Optional;

/** What health tells of the publisher of this instance. */
public interface Publishing {

    /** True where this instance is the one that publishes. */
    boolean isPublishing();

    /** What keeps this instance, or another one, from publishing. */
    Optional<String> problem();

    /** How many partitions show nothing new to consumers that read committed records, as a transaction stays open. */
    int heldPartitions();

    /** Why there is no checkpoint, or none any more. */
    Optional<String> checkpointProblem();
}
