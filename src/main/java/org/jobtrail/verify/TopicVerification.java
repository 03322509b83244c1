package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.transform.Json;
import org.jobtrail.verify.Finding.Kind;

/**
 * Reads the topic as any read_committed consumer does and holds each event against its row. Memory grows by a bit per event.
 */
final class TopicVerification {

    private static final String ROWS = """
            select line.organization_id, line.seq, line.job_id, line.payload, encode(line.hash, 'hex')
            from json_to_recordset(?::json) as event (organization_id text, seq bigint)
            join jobtrail.job_history line using (organization_id, seq)""";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Connection connection;
    private final KafkaClients clients;
    private final String topic;
    private final Consumer<Finding> findings;
    private final Map<String, Published> published = new HashMap<>();
    private boolean whole;
    private long events;

    TopicVerification(Connection connection, KafkaClients clients, String topic, Consumer<Finding> findings) {
        this.connection = connection;
        this.clients = clients;
        this.topic = topic;
        this.findings = findings;
    }

    private record Key(String organizationId, long seq) {}

    private record Expected(String jobId, String payload, String hash) {}

    long events() {
        return events;
    }

    /** False where retention has removed the beginning of the topic: what is gone cannot be held against the history. */
    boolean whole() {
        return whole;
    }

    void read() throws SQLException {
        try (var consumer = clients.consumer("read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            whole = consumer.beginningOffsets(partitions).values().stream().allMatch(offset -> offset == 0);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Instant progress = Instant.now();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
                if (!records.isEmpty()) {
                    compare(records);
                    progress = Instant.now();
                } else if (Duration.between(progress, Instant.now()).compareTo(PATIENCE) > 0) {
                    throw new TimeoutException("topic %s cannot be read to its end".formatted(topic));
                }
            }
        }
    }

    /**
     * Holds what was found against what Kafka had acknowledged before the topic was read: of what comes later, some partitions may
     * have been read already. Returns up to where the organization is on the topic.
     */
    long reached(String organizationId, long acknowledged) {
        Published found = published.getOrDefault(organizationId, new Published());
        long missing = found.missing(acknowledged);
        if (whole && missing > 0) {
            findings.accept(new Finding(
                    Kind.TOPIC_CONTRADICTS,
                    "organization %s: %d of %d acknowledged events are not on topic %s"
                            .formatted(organizationId, missing, acknowledged, topic)));
        }
        return Math.max(found.last(), acknowledged);
    }

    private void compare(ConsumerRecords<String, byte[]> records) throws SQLException {
        Map<Key, Expected> rows = rows(records);
        for (ConsumerRecord<String, byte[]> event : records) {
            events++;
            Key key = key(event);
            Expected row = key == null ? null : rows.get(key);
            if (row == null) {
                wrong(event, key, "no row of the history is this event");
            } else if (!published
                    .computeIfAbsent(key.organizationId(), id -> new Published())
                    .add(event.partition(), key.seq())) {
                wrong(event, key, "it comes twice or out of order");
            } else if (!row.hash().equals(header(event, "ce_id"))) {
                wrong(event, key, "its ce_id is not the row's hash");
            } else if (!(key.organizationId() + "/" + row.jobId()).equals(event.key())) {
                wrong(event, key, "its key is not the row's organization and job");
            } else if (row.payload() != null
                    && !Arrays.equals(row.payload().getBytes(StandardCharsets.UTF_8), event.value())) {
                wrong(event, key, "its value is not the row's payload");
            }
        }
    }

    private void wrong(ConsumerRecord<String, byte[]> event, Key key, String text) {
        findings.accept(new Finding(
                Kind.TOPIC_CONTRADICTS,
                "topic %s, partition %d, offset %d%s: %s"
                        .formatted(
                                topic,
                                event.partition(),
                                event.offset(),
                                key == null
                                        ? ""
                                        : " (organization %s, row %d)".formatted(key.organizationId(), key.seq()),
                                text)));
    }

    private Map<Key, Expected> rows(ConsumerRecords<String, byte[]> records) throws SQLException {
        ArrayNode keys = JsonNodeFactory.instance.arrayNode();
        for (ConsumerRecord<String, byte[]> event : records) {
            Key key = key(event);
            if (key != null) {
                keys.addObject().put("organization_id", key.organizationId()).put("seq", key.seq());
            }
        }
        var rows = new HashMap<Key, Expected>();
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, Json.text(keys));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    rows.put(
                            new Key(row.getString(1), row.getLong(2)),
                            new Expected(row.getString(3), row.getString(4), row.getString(5)));
                }
            }
        }
        return rows;
    }

    private static Key key(ConsumerRecord<String, byte[]> event) {
        String organizationId = header(event, "ce_organization");
        String sequence = header(event, "ce_sequence");
        return organizationId == null || sequence == null || !sequence.matches("\\d{19}")
                ? null
                : new Key(organizationId, Long.parseLong(sequence));
    }

    private static String header(ConsumerRecord<String, byte[]> event, String name) {
        Header header = event.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
