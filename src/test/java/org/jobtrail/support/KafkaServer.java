package org.jobtrail.support;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** One Kafka for all tests. Each test names topics of its own. */
public final class KafkaServer implements AutoCloseable {
    private final RunningServers servers;

    KafkaServer(RunningServers servers) {
        this.servers = servers;
    }

    public String bootstrapServers() {
        return servers.settings().get("kafka.bootstrap-servers");
    }

    /** Sets what somebody else than the program sets, and waits until the broker says so. */
    public void configure(String topic, String setting, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var set = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
            Await.until(
                    Duration.ofSeconds(30),
                    () -> "%s=%s of topic %s".formatted(setting, value, topic),
                    () -> admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get(setting)
                            .value()
                            .equals(value));
        }
    }

    /** Somebody else's, whose records have keys as texts. */
    public Producer<String, byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers()), new StringSerializer(), new ByteArraySerializer());
    }

    /** What a consumer sees that reads committed records only, from the first to the last there is. */
    public List<ConsumerRecord<String, byte[]>> committedRecords(String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers());
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // Not consumer.endOffsets: before a transaction that has just ended, those may lie.
            Map<TopicPartition, Long> ends = endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        } finally {
            // All was read: what a fetch under way might bring would be too much.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
        return records;
    }

    private Map<TopicPartition, Long> endOffsets(List<TopicPartition> partitions) {
        try (Consumer<byte[], byte[]> uncommitted = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return uncommitted.endOffsets(partitions);
        }
    }

    @Override
    public void close() throws IOException {
        servers.close();
    }
}
