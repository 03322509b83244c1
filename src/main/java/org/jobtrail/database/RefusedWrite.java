package org.jobtrail.database;

import java.util.Set;

/**
 * Tells a disk that is full or fails from a server that does not answer, or is busy: nothing that only reads meets it, so
 * whatever tried to write has to remember it. A server that is read-only and a right that was lost show without a write.
 */
public final class RefusedWrite {

    private static final String DISK_FULL = "53100";
    private static final String IO_ERROR = "58030";

    private static final Set<String> STATES = Set.of(DISK_FULL, IO_ERROR);

    private RefusedWrite() {}

    public static boolean is(Throwable failure) {
        return isOneOf(STATES, failure);
    }

    static boolean byFullDisk(Throwable failure) {
        return isOneOf(Set.of(DISK_FULL), failure);
    }

    private static boolean isOneOf(Set<String> states, Throwable failure) {
        return LostAnswer.first(failure)
                .map(LostAnswer::state)
                .filter(states::contains)
                .isPresent();
    }
}
