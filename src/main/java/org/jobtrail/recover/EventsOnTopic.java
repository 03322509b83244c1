package org.jobtrail.recover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.transform.Json;

/** Reads the events of some organizations from the topic, whole, and puts them aside in the database, which compares sets. */
final class EventsOnTopic {

    private static final int BATCH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaClients clients;
    private final String topic;
    private final Connection connection;

    EventsOnTopic(KafkaClients clients, String topic, Connection connection) {
        this.clients = clients;
        this.topic = topic;
        this.connection = connection;
    }

    /** @param histories up to where the history of each organization goes: what comes after is read with its payload */
    void read(Map<String, Long> histories) throws SQLException {
        clear();
        ArrayNode batch = JsonNodeFactory.instance.arrayNode();
        try (Consumer<String, byte[]> consumer = clients.consumer("read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Instant progress = Instant.now();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                var records = consumer.poll(Duration.ofMillis(200));
                for (var record : records) {
                    Optional<RestoredRow> row = RestoredRow.of(record);
                    if (row.isPresent() && histories.containsKey(row.get().organizationId())) {
                        batch.add(row.get().node(histories.get(row.get().organizationId())));
                        stage(batch, BATCH);
                    }
                }
                if (!records.isEmpty()) {
                    progress = Instant.now();
                } else if (Duration.between(progress, Instant.now()).compareTo(PATIENCE) > 0) {
                    throw new TimeoutException("topic %s cannot be read to its end".formatted(topic));
                }
            }
        }
        stage(batch, 1);
    }

    void clear() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select jobtrail.clear_events()");
        }
    }

    private void stage(ArrayNode batch, int least) throws SQLException {
        if (batch.size() < least) {
            return;
        }
        try (var statement = connection.prepareStatement("select jobtrail.stage_events(?::json)")) {
            statement.setString(1, Json.text(batch));
            statement.execute();
        }
        batch.removeAll();
    }
}
