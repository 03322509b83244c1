package org.jobtrail.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What is committed of a topic that has one partition. The end is the high watermark that a read_uncommitted reader sees: for
 * read_committed it would lie before an open transaction of anybody, and an old record would pass for the last.
 */
public final class OnePartition {

    /** Longer than Kafka takes to give up the transaction of somebody who was killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final TopicPartition partition;

    public OnePartition(KafkaClients clients, String topic) {
        this.clients = clients;
        this.partition = new TopicPartition(topic, 0);
    }

    public record Ends(long begin, long end) {}

    public Ends ends() {
        try (var uncommitted = clients.consumer("read_uncommitted")) {
            uncommitted.assign(List.of(partition));
            return new Ends(
                    uncommitted.beginningOffsets(List.of(partition)).get(partition),
                    uncommitted.endOffsets(List.of(partition)).get(partition));
        }
    }

    /** @throws TimeoutException where nothing comes any more, and the end was not reached */
    public void read(long from, long end, Consumer<ConsumerRecord<String, byte[]>> next) {
        try (var committed = clients.consumer("read_committed")) {
            committed.assign(List.of(partition));
            committed.seek(partition, from);
            Instant deadline = Instant.now().plus(PATIENCE);
            while (committed.position(partition) < end) {
                var records = committed.poll(Duration.ofMillis(200));
                records.forEach(next);
                if (!records.isEmpty()) {
                    deadline = Instant.now().plus(PATIENCE);
                } else if (Instant.now().isAfter(deadline)) {
                    throw new TimeoutException(
                            "a transaction of somebody else stays open on topic %s".formatted(partition.topic()));
                }
            }
        }
    }
}
