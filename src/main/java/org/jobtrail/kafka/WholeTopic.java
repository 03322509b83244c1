package org.jobtrail.kafka;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** What is committed of a topic, from its first record to where it ended when the reading began. */
public final class WholeTopic {

    /** Longer than Kafka takes to give up the transaction of somebody who was killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final String topic;

    public WholeTopic(KafkaClients clients, String topic) {
        this.clients = clients;
        this.topic = topic;
    }

    /** Takes what comes, in the order of each partition. */
    @FunctionalInterface
    public interface Taker {
        void take(ConsumerRecords<String, byte[]> records) throws SQLException;
    }

    /**
     * @return the partitions of which retention has removed the beginning
     * @throws TimeoutException where nothing comes any more, and the end was not reached
     */
    public Set<Integer> read(Taker taker) throws SQLException {
        try (Consumer<String, byte[]> consumer = clients.consumer("read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Set<Integer> shortened = consumer.beginningOffsets(partitions).entrySet().stream()
                    .filter(beginning -> beginning.getValue() > 0)
                    .map(beginning -> beginning.getKey().partition())
                    .collect(Collectors.toSet());
            read(consumer, ends(partitions), taker);
            return shortened;
        }
    }

    private void read(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends, Taker taker)
            throws SQLException {
        Instant progress = Instant.now();
        long before = -1;
        long left = left(consumer, ends);
        while (left > 0) {
            if (left != before) {
                progress = Instant.now();
            } else if (Duration.between(progress, Instant.now()).compareTo(PATIENCE) > 0) {
                throw new TimeoutException("topic %s cannot be read to its end".formatted(topic));
            }
            ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
            if (!records.isEmpty()) {
                taker.take(records);
            }
            before = left;
            left = left(consumer, ends);
        }
    }

    /** A transaction that is committed is not known to all partitions yet: the end that read_committed sees may lie before it. */
    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        try (Consumer<String, byte[]> uncommitted = clients.consumer("read_uncommitted")) {
            return uncommitted.endOffsets(partitions);
        }
    }

    private static long left(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
                .sum();
    }
}
