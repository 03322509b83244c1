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

    /** True also where the statement had to give way to another transaction, as in a deadlock: the next time it may not have to. */
    public static boolean isOrGaveWay(Throwable failure) {
        return is(failure) || gaveWay(failure);
    }

    static boolean gaveWay(Throwable failure) {
        return SqlState.isIn(failure, SqlState.TRANSACTION_ROLLBACK);
    }

    /** What PostgreSQL or its driver said of it. */
    static Optional<SQLException> in(Throwable failure) {
        return SqlState.firstIn(failure)
                .filter(sql -> SqlState.is(sql, SqlState.CONNECTION_EXCEPTION, SqlState.SHUTDOWN)
                        // The pool has none to give.
                        || sql instanceof SQLTransientConnectionException);
    }

    /** As {@link #in}, and also where a connection outside of a pool was refused because the server has none left. */
    static Optional<SQLException> orNoConnection(Throwable failure) {
        return in(failure)
                .or(() -> SqlState.firstIn(failure).filter(sql -> SqlState.is(sql, SqlState.TOO_MANY_CONNECTIONS)));
    }
}
