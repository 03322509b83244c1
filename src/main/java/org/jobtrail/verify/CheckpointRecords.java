package org.jobtrail.verify;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.checkpoint.CheckpointLine;
import org.jobtrail.kafka.CommittedRecords;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.OnePartition;

/** The checkpoints on the topic, one after the other, up to where it ended when it was opened. */
final class CheckpointRecords implements Iterator<CheckpointLine>, AutoCloseable {

    private final CommittedRecords records;
    private Iterator<ConsumerRecord<String, byte[]>> polled = Collections.emptyIterator();

    CheckpointRecords(KafkaClients clients, String topic) {
        records = new OnePartition(clients, topic).records();
    }

    @Override
    public boolean hasNext() {
        while (!polled.hasNext() && !records.isAtEnd()) {
            polled = records.poll().iterator();
        }
        return polled.hasNext();
    }

    @Override
    public CheckpointLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ConsumerRecord<String, byte[]> next = polled.next();
        return CheckpointLine.of(
                "offset %d of topic %s".formatted(next.offset(), next.topic()),
                next.value() == null ? "" : new String(next.value(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        records.close();
    }
}
