package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.database.SqlState;
import org.postgresql.PGConnection;

/**
 * Sees to it that one instance at a time tries to publish, and wakes it when there is something to publish. A lock of the
 * database session, on a connection of its own: it goes with the process. For liveness only; two that both believe to hold it
 * are told apart by Kafka's fencing.
 */
public final class PublisherLock implements AutoCloseable {

    /** Who listens to the server hears nobody else meanwhile. */
    private static final int LISTENING_MILLIS = 50;

    /** Else, PostgreSQL would learn only after hours of a machine that is gone without a word: nobody could publish until then. */
    private static final String NOTICE_A_LOST_MACHINE =
            "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3";

    private final Connection connection;

    private PublisherLock(Connection connection) {
        this.connection = connection;
    }

    /** The lock, or null where another instance holds it. */
    public static PublisherLock tryAcquire(Database database, String name) throws SQLException {
        Connection connection = database.connect(Role.PUBLISHER);
        try (var statement =
                connection.prepareStatement("select pg_try_advisory_lock(hashtextextended('jobtrail ' || ?, 0))")) {
            statement.setString(1, name);
            try (var row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    try (var listen = connection.createStatement()) {
                        listen.execute(NOTICE_A_LOST_MACHINE);
                        listen.execute("listen jobtrail");
                    }
                    return new PublisherLock(connection);
                }
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        connection.close();
        return null;
    }

    /** What is said on this session can only be carried out while the lock is held: it is the lock. */
    Connection session() {
        return connection;
    }

    /**
     * Returns when somebody recorded something or {@code stopped} has become true, at the latest after {@code patience}; throws where the
     * session is lost.
     */
    void awaitNews(Duration patience, BooleanSupplier stopped) throws SQLException {
        var session = connection.unwrap(PGConnection.class);
        long end = System.nanoTime() + patience.toNanos();
        boolean news = false;
        while (!news && !stopped.getAsBoolean() && System.nanoTime() - end < 0) {
            news = session.getNotifications(LISTENING_MILLIS).length > 0;
        }
        if (!connection.isValid(5)) {
            throw new SQLException("the session that holds the publisher's lock is lost", SqlState.CONNECTION_FAILURE);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
