package org.jobtrail.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The producer of Camel's endpoints, and of whatever else writes in transactions. As Camel waits for what it has sent before it commits,
 * {@code linger.ms} would have to be both: long, or the records of one transaction go out in many small batches, and short, or each
 * transaction takes that much longer. Here it may be long: who waits for a record sends all that are there. Thread-safe.
 */
final class EndpointProducer extends KafkaProducer<Object, Object> {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    EndpointProducer(Properties properties) {
        super(properties);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> message) {
        return new Sent(super.send(message));
    }

    /** Camel closes without a limit: with a dead broker and an open transaction that would never return. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    private final class Sent implements Future<RecordMetadata> {

        private final Future<RecordMetadata> acknowledgement;

        Sent(Future<RecordMetadata> acknowledgement) {
            this.acknowledgement = acknowledgement;
        }

        @Override
        public RecordMetadata get() throws InterruptedException, ExecutionException {
            if (!acknowledgement.isDone()) {
                flush();
            }
            return acknowledgement.get();
        }

        /** Sends nothing: that might take longer. */
        @Override
        public RecordMetadata get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            return acknowledgement.get(timeout, unit);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            return acknowledgement.cancel(mayInterrupt);
        }

        @Override
        public boolean isCancelled() {
            return acknowledgement.isCancelled();
        }

        @Override
        public boolean isDone() {
            return acknowledgement.isDone();
        }
    }
}
