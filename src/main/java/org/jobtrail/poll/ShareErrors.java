package org.jobtrail.poll;

import java.time.Duration;
import org.apache.camel.component.kafka.PollExceptionStrategy;

/**
 * Whoever takes shares goes on, whatever Kafka answers: what it refuses while a password or an access list is changed it grants again.
 * Camel's own strategies end the consumer then, and leave its route started. Stateless; Camel has logged the failure.
 */
public final class ShareErrors implements PollExceptionStrategy {

    /** Well within the time after which the others would take its shares. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @Override
    public boolean canContinue() {
        return true;
    }

    @Override
    public void handle(long partitionLastOffset, Exception failure) {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
