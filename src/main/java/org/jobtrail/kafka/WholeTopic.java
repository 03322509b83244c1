package org.jobtrail.kafka;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
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

        /** Retention has overtaken the reading: what was read of this partition is gone, and maybe more of what follows it. */
        default void overtaken(int partition) {}

        /** True where nothing more needs to be read. */
        default boolean isDone() {
            return false;
        }
    }

    /**
     * @return the partitions of which retention has removed the beginning
     * @throws org.apache.kafka.common.errors.TimeoutException as {@link CommittedRecords#poll}
     */
    public Set<Integer> read(Taker taker) throws SQLException {
        return read(taker, Consumer::beginningOffsets);
    }

    /**
     * As {@link #read(Taker)}, but without what was sent before a moment.
     *
     * @return the partitions of which retention has removed what is younger than that; not those whose beginning was removed before
     */
    public Set<Integer> readSince(Instant moment, Taker taker) throws SQLException {
        return read(taker, (consumer, partitions) -> since(moment, consumer, partitions));
    }

    /** Which offsets a consumer is told of partitions. */
    private interface Starts {
        Map<TopicPartition, Long> of(Consumer<String, byte[]> consumer, List<TopicPartition> partitions);
    }

    private Set<Integer> read(Taker taker, Starts asked) throws SQLException {
        Consumer<String, byte[]> committed = clients.consumer("read_committed");
        try (committed) {
            List<TopicPartition> partitions = committed.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            committed.assign(partitions);
            Map<TopicPartition, Long> ends;
            Map<TopicPartition, Long> starts;
            Map<TopicPartition, Long> beginnings;
            // As seen by a reader of uncommitted records: an open transaction would hide what came before it ends.
            try (Consumer<String, byte[]> uncommitted = clients.consumer("read_uncommitted")) {
                starts = asked.of(uncommitted, partitions);
                beginnings = uncommitted.beginningOffsets(partitions);
                ends = uncommitted.endOffsets(partitions);
            }
            starts.forEach(committed::seek);
            Set<Integer> shortened = beginnings.entrySet().stream()
                    .filter(beginning ->
                            beginning.getValue() > 0 && beginning.getValue() >= starts.get(beginning.getKey()))
                    .map(beginning -> beginning.getKey().partition())
                    .collect(Collectors.toCollection(HashSet::new));
            var records = new CommittedRecords(committed, ends);
            while (!records.isAtEnd() && !taker.isDone()) {
                try {
                    taker.take(records.poll());
                } catch (OffsetOutOfRangeException e) {
                    for (TopicPartition partition : goOnAfter(e, committed)) {
                        shortened.add(partition.partition());
                        taker.overtaken(partition.partition());
                    }
                }
            }
            return shortened;
        }
    }

    /** @throws OffsetOutOfRangeException where the topic has lost its end: nothing that was read can be relied on */
    private static Set<TopicPartition> goOnAfter(
            OffsetOutOfRangeException overtaken, Consumer<String, byte[]> consumer) {
        Map<TopicPartition, Long> wanted = overtaken.offsetOutOfRangePartitions();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(wanted.keySet());
        if (wanted.entrySet().stream().anyMatch(offset -> beginnings.get(offset.getKey()) <= offset.getValue())) {
            throw overtaken;
        }
        beginnings.forEach(consumer::seek);
        return beginnings.keySet();
    }

    /** Its end, where a partition has nothing that was sent since. */
    private static Map<TopicPartition, Long> since(
            Instant moment, Consumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> moment.toEpochMilli())));
        return partitions.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        partition -> found.get(partition) == null
                                ? ends.get(partition)
                                : found.get(partition).offset()));
    }
}
