package org.jobtrail.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** When each event of a topic was in the hands of a consumer that reads committed records only, from now on. */
final class Arrivals implements AutoCloseable {

    /** The names of two headers that tell a row. */
    static final String ORGANIZATION = "ce_organization";

    static final String SEQUENCE = "ce_sequence";

    private final Map<String, Long> nanos = new ConcurrentHashMap<>();
    private final Consumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;

    Arrivals(String bootstrapServers, String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        thread = new Thread(this::read, "consumer of " + topic);
        thread.start();
    }

    private void read() {
        while (!closed) {
            var records = consumer.poll(Duration.ofMillis(100));
            long now = System.nanoTime();
            records.forEach(record ->
                    nanos.put(row(header(record, ORGANIZATION), Long.parseLong(header(record, SEQUENCE))), now));
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static String row(String organization, long seq) {
        return organization + " " + seq;
    }

    /** Null while it is not there. */
    Long nanos(String organization, long seq) {
        return nanos.get(row(organization, seq));
    }

    int count() {
        return nanos.size();
    }

    long between(long from, long to) {
        return nanos.values().stream().filter(at -> at >= from && at < to).count();
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
