package org.jobtrail.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.AdminAnswer;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.KafkaRefusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Kafka is there: how long polls wait to be let through is decided by that. While some do, it is asked by a thread of its own:
 * another instance may compare, and a publisher of this one that waits for an answer since before would go by what it knew then.
 */
final class KafkaPresence implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final ComparisonGate gate;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::askWhilePollsWait, "kafka-presence");

    KafkaPresence(KafkaClients clients, ComparisonGate gate) {
        this.clients = clients;
        this.gate = gate;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void askWhilePollsWait() {
        try {
            while (!closing.await(NEXT_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (gate.isAwaited()) {
                    ask();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Kafka is not asked any more", e);
        }
    }

    private void ask() throws InterruptedException {
        try {
            reach().close();
        } catch (RuntimeException e) {
            LOG.debug("Kafka does not answer as it should", e);
            gate.failed(Reason.of(e));
        }
    }

    /** First a question that needs no right, and by which one that is there is known from one that is away. */
    Admin reach() throws InterruptedException {
        Admin admin = null;
        boolean reached = false;
        try {
            admin = clients.admin();
            AdminAnswer.of(admin.describeCluster().clusterId());
            gate.kafkaAnswers();
            reached = true;
            return admin;
        } catch (RuntimeException e) {
            if (KafkaRefusal.isIn(e)) {
                gate.kafkaAnswers();
            } else {
                gate.kafkaIsAway();
            }
            throw e;
        } finally {
            // Also where this thread is interrupted.
            if (admin != null && !reached) {
                admin.close(Duration.ZERO);
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        // An answer that is waited for is of no use any more.
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
