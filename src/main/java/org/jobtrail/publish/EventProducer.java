package org.jobtrail.publish;

import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;

/**
 * The producer of {@code 7-publish-events}. Camel makes it, and wants to initialize its transactions, as soon as it loads the
 * routes: a dead Kafka would keep polling from starting, and whoever only polls or checks would fence the one who publishes.
 */
final class EventProducer extends KafkaProducer<Object, Object> {

    /** Camel knows this header and spells it in its own way; Kafka's headers and CloudEvents have one spelling. */
    private static final String CONTENT_TYPE = "content-type";

    EventProducer(Properties settings) {
        super(settings);
    }

    /** Not when Camel asks for it: see {@link #takeOver()}. */
    @Override
    public void initTransactions() {}

    /** Fences every earlier producer, and ends what it left open. */
    void takeOver() {
        super.initTransactions();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> message, Callback callback) {
        for (Header header : message.headers().toArray()) {
            if (header.key().toLowerCase(Locale.ROOT).equals(CONTENT_TYPE)) {
                message.headers().remove(header.key()).add(CONTENT_TYPE, header.value());
            }
        }
        return super.send(message, callback);
    }
}
