package org.jobtrail.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells a statement that failed from one whose outcome is unknown: its connection was lost, before the commit or after it. */
public final class LostAnswer {

    private static final String TOO_MANY_CONNECTIONS = "53300";

    private LostAnswer() {}

    public static boolean is(Throwable failure) {
        return in(failure).isPresent();
    }

    /** True also where the statement had to give way to another transaction, as in a deadlock: the next time it may not have to. */
    public static boolean isOrGaveWay(Throwable failure) {
        return is(failure) || gaveWay(failure);
    }

    static boolean gaveWay(Throwable failure) {
        return first(failure).filter(sql -> state(sql).startsWith("40")).isPresent();
    }

    /** What PostgreSQL or its driver said of it. */
    static Optional<SQLException> in(Throwable failure) {
        // Connection exceptions, a server that is told to stop, and a pool that has no connection to give.
        return first(failure)
                .filter(sql -> state(sql).startsWith("08")
                        || state(sql).startsWith("57P0")
                        || sql instanceof SQLTransientConnectionException);
    }

    /** As {@link #in}, and also where a connection outside of a pool was refused because the server has none left. */
    static Optional<SQLException> orNoConnection(Throwable failure) {
        return in(failure).or(() -> first(failure).filter(sql -> state(sql).equals(TOO_MANY_CONNECTIONS)));
    }

    static Optional<SQLException> first(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }

    static String state(SQLException sql) {
        return String.valueOf(sql.getSQLState());
    }
}
