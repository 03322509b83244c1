package org.jobtrail.kafka;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** What is committed of a topic, from its first record to where it ended when the reading began. */
public final class WholeTopic {

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
     * @throws org.apache.kafka.common.errors.TimeoutException as {@link CommittedRecords#poll}
     */
    public Set<Integer> read(Taker taker) throws SQLException {
        Consumer<String, byte[]> committed = clients.consumer("read_committed");
        try (committed) {
            List<TopicPartition> partitions = committed.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            committed.assign(partitions);
            committed.seekToBeginning(partitions);
            Set<Integer> shortened = committed.beginningOffsets(partitions).entrySet().stream()
                    .filter(beginning -> beginning.getValue() > 0)
                    .map(beginning -> beginning.getKey().partition())
                    .collect(Collectors.toSet());
            var records = new CommittedRecords(committed, ends(partitions));
            while (!records.isAtEnd()) {
                taker.take(records.poll());
            }
            return shortened;
        }
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        try (Consumer<String, byte[]> uncommitted = clients.consumer("read_uncommitted")) {
            return uncommitted.endOffsets(partitions);
        }
    }
}
