package org.jobtrail.verify;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.OnePartition;

/** The checkpoints on the topic, one after the other, up to where it ended when it was opened. */
final class CheckpointRecords implements Iterator<CheckpointLine>, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TopicPartition partition;
    private final Consumer<String, byte[]> consumer;
    private final long end;
    private Iterator<ConsumerRecord<String, byte[]>> read =
            List.<ConsumerRecord<String, byte[]>>of().iterator();

    CheckpointRecords(KafkaClients clients, String topic) {
        partition = new TopicPartition(topic, 0);
        end = new OnePartition(clients, topic).ends().end();
        consumer = clients.consumer("read_committed");
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    @Override
    public boolean hasNext() {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!read.hasNext() && consumer.position(partition) < end) {
            read = consumer.poll(Duration.ofMillis(200)).iterator();
            if (Instant.now().isAfter(deadline)) {
                throw new TimeoutException("topic %s cannot be read to its end".formatted(partition.topic()));
            }
        }
        return read.hasNext();
    }

    @Override
    public CheckpointLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ConsumerRecord<String, byte[]> next = read.next();
        return CheckpointLine.of(
                "offset %d of topic %s".formatted(next.offset(), next.topic()),
                next.value() == null ? "" : new String(next.value(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        // Nothing is left to wait for: a fetch that is under way would come too late.
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
