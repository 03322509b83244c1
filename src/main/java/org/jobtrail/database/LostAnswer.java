package org.jobtrail.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** Tells a statement that failed from one whose outcome is unknown: its connection was lost, before the commit or after it. */
public final class LostAnswer {

    private LostAnswer() {}

    public static boolean is(Throwable failure) {
        return in(failure).isPresent();
    }

    /** What PostgreSQL or its driver said of it. */
    static Optional<SQLException> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = String.valueOf(sql.getSQLState());
                // Connection exceptions, a server that is told to stop, and a pool that has no connection to give.
                boolean lost = state.startsWith("08")
                        || state.startsWith("57P0")
                        || sql instanceof SQLTransientConnectionException;
                return lost ? Optional.of(sql) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
