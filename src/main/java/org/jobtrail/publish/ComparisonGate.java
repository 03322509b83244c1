package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What polls wait at: that PostgreSQL and Kafka have been compared, by whichever instance, since the database came up. A history that
 * was set back must not be continued before somebody has seen it: its rows could not be had back from the topic any more. The database
 * itself refuses claims until then, so that a poll that is under way while another server takes over does no harm either. Thread-safe.
 */
public final class ComparisonGate {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    /** A Kafka that is not there keeps nobody from polling. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final DataSource pool;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean looked;

    public ComparisonGate(DataSource pool) {
        this.pool = pool;
    }

    /** This instance has compared them, or it is for another one to do so. */
    public void looked() {
        looked = true;
    }

    /** Waits until polling may go on; false where it is not to go on at all. */
    public boolean await() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!isOpen()) {
                if (System.nanoTime() - end >= 0) {
                    goOn();
                    break;
                }
                if (closed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return closed.getCount() > 0;
    }

    private boolean isOpen() {
        if (!looked) {
            return false;
        }
        try (Connection connection = pool.getConnection();
                var statement = connection.prepareStatement("select jobtrail.is_compared()");
                var row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            LOG.debug("whether PostgreSQL and Kafka were compared is not known", e);
            // A database that does not answer is for the poll to tell of; one that does by then refuses what it must.
            return true;
        }
    }

    /** Once, however many wait. */
    private synchronized void goOn() {
        if (isOpen()) {
            return;
        }
        LOG.warn("PostgreSQL and Kafka could not be compared yet: polling goes on without");
        looked = true;
        try (Connection connection = pool.getConnection();
                var statement = connection.prepareStatement("select jobtrail.go_on_uncompared()")) {
            statement.execute();
        } catch (SQLException e) {
            LOG.debug("polling cannot go on", e);
        }
    }

    /** Nobody waits any longer, and nothing is polled any more. */
    public void close() {
        closed.countDown();
    }
}
