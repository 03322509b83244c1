package org.jobtrail.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements that are committed together, or not at all, on a connection that otherwise commits each. */
public final class Transaction {

    private Transaction() {}

    /** What is done in one transaction. */
    public interface Work<T> {
        T run() throws SQLException;
    }

    /** Commits when the work is done; whatever it throws, nothing of it is. */
    public static <T> T of(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T done = work.run();
            connection.commit();
            return done;
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
