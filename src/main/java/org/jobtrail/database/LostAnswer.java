package org.jobtrail.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** Tells a statement that failed from one whose outcome is unknown: its connection was lost, before the commit or after it. */
public final class LostAnswer {

    private LostAnswer() {}

    public static boolean is(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = String.valueOf(sql.getSQLState());
                // Connection exceptions, a server that is told to stop, and a pool that has no connection to give.
                return state.startsWith("08")
                        || state.startsWith("57P0")
                        || sql instanceof SQLTransientConnectionException;
            }
        }
        return false;
    }
}
