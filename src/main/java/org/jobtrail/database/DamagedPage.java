package org.jobtrail.database;

/** Tells a statement that PostgreSQL cannot carry out because it cannot read what is on its disk: it would fail as often as it is tried. */
public final class DamagedPage {

    private DamagedPage() {}

    public static boolean isIn(Throwable failure) {
        return SqlState.isIn(
                failure,
                SqlState.DATA_CORRUPTED,
                SqlState.INDEX_CORRUPTED,
                SqlState.IO_ERROR,
                SqlState.UNDEFINED_FILE,
                // A text that is none.
                SqlState.CHARACTER_NOT_IN_REPERTOIRE);
    }
}
