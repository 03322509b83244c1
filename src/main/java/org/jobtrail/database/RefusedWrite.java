package org.jobtrail.database;

import java.util.Set;

/**
 * Tells a server that answers and takes no writes, from nobody or not from this account, from one that does not answer, and from
 * one that is busy: the former is put right by an operator only, and nothing that only reads meets it.
 */
public final class RefusedWrite {

    private static final String READ_ONLY = "25006";
    private static final String NO_RIGHT = "42501";
    private static final String DISK_FULL = "53100";
    private static final String IO_ERROR = "58030";

    private static final Set<String> STATES = Set.of(READ_ONLY, NO_RIGHT, DISK_FULL, IO_ERROR);

    private RefusedWrite() {}

    public static boolean is(Throwable failure) {
        return LostAnswer.first(failure)
                .map(LostAnswer::state)
                .filter(STATES::contains)
                .isPresent();
    }
}
