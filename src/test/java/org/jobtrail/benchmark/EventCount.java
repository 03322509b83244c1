package org.jobtrail.benchmark;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How many events a consumer that reads committed records only has, and since when. What stands in them it does not look at. */
final class EventCount implements AutoCloseable {

    private final Consumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile long count;
    private volatile long lastNanos;
    private volatile boolean closed;

    /** From the beginning of the topic on. */
    EventCount(String bootstrapServers, String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "10000");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = new Thread(this::read, "consumer of " + topic);
        thread.start();
    }

    private void read() {
        while (!closed) {
            int received = consumer.poll(Duration.ofMillis(100)).count();
            if (received > 0) {
                lastNanos = System.nanoTime();
                count += received;
            }
        }
    }

    long count() {
        return count;
    }

    /** When the last of them came. */
    long lastNanos() {
        return lastNanos;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }
}
