package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

    /** How long what proves that PostgreSQL was set back is believed: it may be answered by going over to another server. */
    private static final Duration PROOF_HOLDS = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final String UNDER_WAY = "the comparison is under way";

    private final DataSource pool;
    private final SignedHeads signed;
    private final Duration patience;
    private final Duration patienceWhereKafkaAnswers;
    private final Duration proofHolds;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();
    /** Why there is no comparison yet; null where Kafka is not known to answer. */
    private final AtomicReference<String> delay = new AtomicReference<>();

    private volatile boolean looked;
    private volatile boolean held;
    /** What proves that the history was set back; null where nothing does, as far as is known. */
    private volatile String setBack;

    private long provenNanos;

    /** @param signed what can be held against PostgreSQL where Kafka cannot */
    public ComparisonGate(DataSource pool, SignedHeads signed) {
        this(pool, signed, PATIENCE, PATIENCE_WHERE_KAFKA_ANSWERS, PROOF_HOLDS);
    }

    ComparisonGate(
            DataSource pool,
            SignedHeads signed,
            Duration patience,
            Duration patienceWhereKafkaAnswers,
            Duration proofHolds) {
        this.pool = pool;
        this.signed = signed;
        this.patience = patience;
        this.patienceWhereKafkaAnswers = patienceWhereKafkaAnswers;
        this.proofHolds = proofHolds;
    }

    /** This instance has compared them, or it is for another one to do so. */
    public void looked() {
        looked = true;
        // What was in the way has been overcome.
        becauseOf(UNDER_WAY);
    }

    /** What it says may be a refusal: then somebody can do something about it. */
    void kafkaAnswers() {
        delay.compareAndSet(null, UNDER_WAY);
    }

    void kafkaIsAway() {
        delay.set(null);
    }

    /** The last try to compare them has failed. */
    void failed(String reason) {
        becauseOf(reason);
    }

    private void becauseOf(String reason) {
        delay.updateAndGet(known -> known == null ? null : reason);
    }

    /** True where polls of this instance wait. */
    boolean isAwaited() {
        return waiting.get() > 0;
    }

    /** What polls wait for, where they wait for longer than a Kafka that is not there would let them. */
    public Optional<String> problem() {
        String reason = delay.get();
        return setBack()
                .map(proof -> reason == null ? proof : proof + "; so far, it could not be compared: " + reason)
                .or(() -> held && reason != null ? Optional.of(sentence(reason)) : Optional.empty());
    }

    /** Why nothing is polled before PostgreSQL was compared with Kafka, however long that takes. */
    public Optional<String> setBack() {
        return Optional.ofNullable(setBack)
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

    /** True where nobody waits any longer. Looked at by one at a time, however many wait. */
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
        String reason = delay.get();
        if (reason == null || waited.compareTo(patienceWhereKafkaAnswers) >= 0) {
            return false;
        }
        if (!held) {
            LOG.warn(sentence(reason));
            held = true;
        }
        return true;
    }

    /** Looks now and then, and not for each poll that waits. */
    private boolean isSetBack() {
        if (setBack == null || System.nanoTime() - provenNanos >= proofHolds.toNanos()) {
            String known = setBack;
            try (Connection connection = pool.getConnection()) {
                setBack = signed.setBack(connection).orElse(null);
            } catch (SQLException e) {
                // What is proven stays so where nobody answers.
                LOG.debug("whether PostgreSQL was set back is not known", e);
            }
            provenNanos = System.nanoTime();
            if (!Objects.equals(setBack, known)) {
                setBack().ifPresent(LOG::warn);
            }
        }
        return setBack != null;
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
    private synchronized void opened() {
        held = false;
        setBack = null;
    }

    /** Nobody waits any longer, and nothing is polled any more. */
    public void close() {
        closed.countDown();
    }
}
