package org.jobtrail.publish;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start waits for before it polls: that PostgreSQL and Kafka were compared. A history that was set back must not be continued
 * before somebody has seen it: its rows could not be had back from the topic any more. Thread-safe.
 */
public final class FirstComparison {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    /** A Kafka that is not there keeps nobody from polling. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CountDownLatch done = new CountDownLatch(1);

    /** For who publishes nothing. */
    public static FirstComparison notNeeded() {
        var comparison = new FirstComparison();
        comparison.done();
        return comparison;
    }

    /** They were compared, or somebody else does it, or nobody shall wait any longer. */
    public void done() {
        done.countDown();
    }

    public void await() {
        try {
            if (!done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("PostgreSQL and Kafka could not be compared yet: polling begins without");
                done();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
