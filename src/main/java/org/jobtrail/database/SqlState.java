package org.jobtrail.database;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What PostgreSQL says of a failure in five characters, by the names of its manual (appendix A); JT are those that our functions
 * raise. A whole class of them is what they begin with.
 */
public final class SqlState {

    public static final String CONNECTION_EXCEPTION = "08";
    public static final String UNABLE_TO_CONNECT = "08001";
    public static final String CONNECTION_REJECTED = "08004";
    public static final String CONNECTION_FAILURE = "08006";
    public static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";
    public static final String INVALID_PARAMETER_VALUE = "22023";
    public static final String UNIQUE_VIOLATION = "23505";
    public static final String READ_ONLY_TRANSACTION = "25006";
    public static final String INVALID_AUTHORIZATION = "28";
    public static final String INVALID_CATALOG_NAME = "3D000";
    public static final String INVALID_SCHEMA_NAME = "3F000";
    public static final String TRANSACTION_ROLLBACK = "40";
    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    public static final String UNDEFINED_OBJECT = "42704";
    public static final String DUPLICATE_OBJECT = "42710";
    public static final String UNDEFINED_FUNCTION = "42883";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String DISK_FULL = "53100";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A server that stops, crashes or starts, a session that it ends, a database that is dropped. */
    public static final String SHUTDOWN = "57P0";

    public static final String IO_ERROR = "58030";
    public static final String UNDEFINED_FILE = "58P01";
    public static final String DATA_CORRUPTED = "XX001";
    public static final String INDEX_CORRUPTED = "XX002";

    /** The database would not keep, or not show to others, what it says is committed. */
    public static final String NOT_DURABLE = "JT003";

    /** A function does not do what it was asked to, and nothing was changed. */
    public static final String REFUSED = "JT005";

    private SqlState() {}

    /** True where it is one of these, or of one of these classes. */
    public static boolean is(SQLException failure, String... states) {
        String state = String.valueOf(failure.getSQLState());
        return Stream.of(states).anyMatch(state::startsWith);
    }

    /** The same of whatever PostgreSQL or its driver said that led to a failure. */
    static boolean isIn(Throwable failure, String... states) {
        return firstIn(failure).filter(sql -> is(sql, states)).isPresent();
    }

    static Optional<SQLException> firstIn(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }
}
