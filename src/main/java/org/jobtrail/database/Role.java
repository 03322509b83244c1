package org.jobtrail.database;

import java.util.Locale;

/** What an account of the program may do in the database, and no more: the roles that own and write the ledger cannot log in. */
public enum Role {
    OWNER,
    WRITER,
    PUBLISHER,
    READER,
    AUDITOR,
    RETENTION;

    /** Roles belong to a whole cluster of PostgreSQL: all its databases share them. */
    String sqlName() {
        return "jobtrail_" + name().toLowerCase(Locale.ROOT);
    }
}
