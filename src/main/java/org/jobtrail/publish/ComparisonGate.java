package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jobtrail.checkpoint.SignedHeads;
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

    /**
     * One that answers may be compared with: so long, the publisher tries to twice, also where it waits for a transaction of somebody
     * else, which Kafka by its defaults ends sooner than that.
     */
    static final Duration PATIENCE_WHERE_KAFKA_ANSWERS = Duration.ofMinutes(3);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final String UNDER_WAY = "the comparison is under way";

    private final DataSource pool;
    private final SignedHeads signed;
    private final Duration patience;
    private final Duration patienceWhereKafkaAnswers;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean looked;
    /** Why there is no comparison yet; null where Kafka is not known to answer. */
    private volatile String delay;

    private volatile boolean held;
    /** What proves that the history was set back; null where nobody has looked, empty where nothing does. */
    private volatile String setBack;

    /** @param signed what can be held against PostgreSQL where Kafka cannot */
    public ComparisonGate(DataSource pool, SignedHeads signed) {
        this(pool, signed, PATIENCE, PATIENCE_WHERE_KAFKA_ANSWERS);
    }

    ComparisonGate(DataSource pool, SignedHeads signed, Duration patience, Duration patienceWhereKafkaAnswers) {
        this.pool = pool;
        this.signed = signed;
        this.patience = patience;
        this.patienceWhereKafkaAnswers = patienceWhereKafkaAnswers;
    }

    /** This instance has compared them, or it is for another one to do so. */
    public void looked() {
        looked = true;
        // What was in the way has been overcome.
        if (delay != null) {
            delay = UNDER_WAY;
        }
    }

    /** What it says may be a refusal: then somebody can do something about it. */
    void kafkaAnswers() {
        if (delay == null) {
            delay = UNDER_WAY;
        }
    }

    void kafkaIsAway() {
        delay = null;
    }

    /** The last try to compare them has failed. */
    void failed(String reason) {
        if (delay != null) {
            delay = reason;
        }
    }

    /** True where polls of this instance wait. */
    boolean isAwaited() {
        return waiting.get() > 0;
    }

    /** What polls wait for, where they wait for longer than a Kafka that is not there would let them. */
    public Optional<String> problem() {
        String reason = delay;
        return setBack()
                .map(proof -> reason == null ? proof : proof + "; so far, it could not be compared: " + reason)
                .or(() -> held && reason != null ? Optional.of(sentence(reason)) : Optional.empty());
    }

    /** Why nothing is polled before PostgreSQL was compared with Kafka, however long that takes. */
    public Optional<String> setBack() {
        return Optional.ofNullable(setBack)
                .filter(proof -> !proof.isEmpty())
                .map(
                        "%s: nothing is polled before Kafka has been compared with it: bring Kafka back, then run recover --from-topic; for a ledger that begins anew, set checkpoint.file to a file of its own"
                                ::formatted);
    }

    private String sentence(String reason) {
        return "polling waits, for %d s at most, until PostgreSQL, which came up or was restored, has been compared with Kafka: %s"
                .formatted(patienceWhereKafkaAnswers.toSeconds(), reason);
    }

    /** Waits until polling may go on; false where it is not to go on at all. */
    public boolean await() {
        long began = System.nanoTime();
        waiting.incrementAndGet();
        try {
            while (!isOpen() && !goesOn(Duration.ofNanos(System.nanoTime() - began))) {
                if (closed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.decrementAndGet();
        }
        return closed.getCount() > 0;
    }

    private boolean isOpen() {
        boolean open = looked && isCompared();
        if (open) {
            opened();
        }
        return open;
    }

    private boolean isCompared() {
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

    /** True where nobody waits any longer. Looked at once, however many wait. */
    private synchronized boolean goesOn(Duration waited) {
        if (waited.compareTo(patience) < 0) {
            return false;
        }
        boolean compared = isCompared();
        if (compared && looked) {
            opened();
            return true;
        }
        // One that was compared since it came up, by whomever, was not set back since.
        if (!compared && (isHeld(waited) || isSetBack())) {
            return false;
        }
        LOG.warn("PostgreSQL and Kafka could not be compared yet: polling goes on without");
        looked = true;
        opened();
        if (!compared) {
            goOn();
        }
        return true;
    }

    private boolean isHeld(Duration waited) {
        String reason = delay;
        if (reason == null || waited.compareTo(patienceWhereKafkaAnswers) >= 0) {
            return false;
        }
        if (!held) {
            LOG.warn(sentence(reason));
            held = true;
        }
        return true;
    }

    /** Looks once, and not at each poll that waits. */
    private boolean isSetBack() {
        if (setBack == null) {
            try (Connection connection = pool.getConnection()) {
                setBack = signed.setBack(connection).orElse("");
            } catch (SQLException e) {
                LOG.debug("whether PostgreSQL was set back is not known", e);
                setBack = "";
            }
            setBack().ifPresent(LOG::warn);
        }
        return !setBack.isEmpty();
    }

    private void goOn() {
        try (Connection connection = pool.getConnection();
                var statement = connection.prepareStatement("select jobtrail.go_on_uncompared()")) {
            statement.execute();
        } catch (SQLException e) {
            LOG.debug("polling cannot go on", e);
        }
    }

    /** What is waited for next time is another server's. */
    private void opened() {
        held = false;
        setBack = null;
    }

    /** Nobody waits any longer, and nothing is polled any more. */
    public void close() {
        closed.countDown();
    }
}
