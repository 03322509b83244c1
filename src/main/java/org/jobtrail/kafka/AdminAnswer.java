package org.jobtrail.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/** What a cluster answers to a question about itself. */
public final class AdminAnswer {

    private AdminAnswer() {}

    /**
     * Waits for it, as long as the client's {@code default.api.timeout.ms} says.
     *
     * @throws KafkaException what Kafka said where it refused, or that it did not answer
     */
    public static <T> T of(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        }
    }
}
