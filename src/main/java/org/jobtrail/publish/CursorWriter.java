package org.jobtrail.publish;

import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jobtrail.kafka.KafkaClients;

/** Writes cursors by themselves, where an operator has decided where publishing goes on: under the publisher's id, which shuts out any other. */
public final class CursorWriter implements AutoCloseable {

    private final Producer<Object, Object> producer;
    private final String topic;

    public CursorWriter(KafkaClients clients, String topic) {
        this.producer = clients.transactionalProducer("");
        this.topic = topic;
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    public void write(Collection<Cursor> cursors) {
        producer.beginTransaction();
        cursors.forEach(cursor -> producer.send(new ProducerRecord<>(topic, cursor.organizationId(), cursor.value())));
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }
}
