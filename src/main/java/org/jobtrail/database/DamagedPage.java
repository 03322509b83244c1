package org.jobtrail.database;

import java.util.Set;

/** Tells a statement that PostgreSQL cannot carry out because it cannot read what is on its disk: it would fail as often as it is tried. */
public final class DamagedPage {

    /** data_corrupted, index_corrupted, io_error, undefined_file, and character_not_in_repertoire: a text that is none. */
    private static final Set<String> STATES = Set.of("XX001", "XX002", "58030", "58P01", "22021");

    private DamagedPage() {}

    public static boolean isIn(Throwable failure) {
        return LostAnswer.first(failure)
                .filter(sql -> STATES.contains(LostAnswer.state(sql)))
                .isPresent();
    }
}
