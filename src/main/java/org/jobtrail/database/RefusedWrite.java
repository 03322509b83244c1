package org.jobtrail.database;

/**
 * Tells a disk that is full or fails from a server that does not answer, or is busy: nothing that only reads meets it, so
 * whatever tried to write has to remember it. A server that is read-only and a right that was lost show without a write.
 */
public final class RefusedWrite {

    private RefusedWrite() {}

    public static boolean is(Throwable failure) {
        return SqlState.isIn(failure, SqlState.DISK_FULL, SqlState.IO_ERROR);
    }

    static boolean byFullDisk(Throwable failure) {
        return SqlState.isIn(failure, SqlState.DISK_FULL);
    }
}
