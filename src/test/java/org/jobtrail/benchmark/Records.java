package org.jobtrail.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What Jobtrail has published since somebody looked last, as it stands on its topics; some at a time. */
final class Records implements AutoCloseable {

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private Map<TopicPartition, Long> end = Map.of();

    Records(String bootstrapServers, String... topics) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        // Little of each partition at once: what was sent together, to all of them, is read together.
        settings.put("max.partition.fetch.bytes", "65536");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        partitions = Stream.of(topics)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        skip();
    }

    /** Whatever is there now is not wanted. */
    void skip() {
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** From where the last look ended, up to what is there now. */
    void look() {
        end = consumer.endOffsets(partitions);
    }

    /** In the order in which they were sent; empty at the end. */
    List<ConsumerRecord<byte[], byte[]>> next(int most) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        while (records.size() < most && !isAtEnd()) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        return records;
    }

    private boolean isAtEnd() {
        return partitions.stream().allMatch(partition -> consumer.position(partition) >= end.get(partition));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
