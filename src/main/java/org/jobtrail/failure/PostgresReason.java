package org.jobtrail.failure;

import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import org.jobtrail.database.SqlState;

/** Why PostgreSQL could not be reached, or refused something. */
final class PostgresReason {

    /** What the driver says of a server that answers, and takes no writes. */
    private static final String NO_PRIMARY = "Could not find a server with specified targetServerType";

    private PostgresReason() {}

    static Optional<String> of(Throwable cause, String message) {
        return cause instanceof SQLException failure ? Optional.of(sentence(failure, message)) : Optional.empty();
    }

    private static String sentence(SQLException failure, String message) {
        String state = String.valueOf(failure.getSQLState());
        if (message.startsWith(NO_PRIMARY)) {
            return "PostgreSQL is read-only: a standby, or default_transaction_read_only is on";
        }
        if (failure.getCause() instanceof UnknownHostException
                || failure.getCause() instanceof SocketTimeoutException) {
            // The driver says no more than that the attempt failed.
            return "PostgreSQL: %s; look at database.url".formatted(Reason.of(failure.getCause()));
        }
        if (SqlState.is(failure, SqlState.INVALID_AUTHORIZATION)) {
            return "PostgreSQL refuses the login: look at database.username, database.migration.username and their passwords (%s)"
                    .formatted(message);
        }
        return switch (state) {
            case SqlState.INVALID_CATALOG_NAME ->
                "PostgreSQL has no such database: look at database.url (%s)".formatted(message);
            case SqlState.UNABLE_TO_CONNECT ->
                "PostgreSQL does not answer: look at database.url (%s)".formatted(message);
            case SqlState.READ_ONLY_TRANSACTION ->
                "PostgreSQL takes no writes: a standby, or default_transaction_read_only is on (%s)".formatted(message);
            case SqlState.DISK_FULL -> "PostgreSQL has no space left: make room on its disk (%s)".formatted(message);
            case SqlState.TOO_MANY_CONNECTIONS ->
                "PostgreSQL has no connection left: raise max_connections, or the connection limit of the account or the database (%s)"
                        .formatted(message);
            default -> "PostgreSQL (%s): %s".formatted(state, message);
        };
    }

    /** A pool that has no connection says how many it has; why, says what it tried last. */
    static boolean isOfThePool(SQLException failure) {
        return failure instanceof SQLTransientConnectionException && failure.getCause() instanceof SQLException;
    }
}
