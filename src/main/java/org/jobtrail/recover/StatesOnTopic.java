package org.jobtrail.recover;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.WholeTopic;
import org.jobtrail.text.JsonText;

/**
 * Reads whose states the topic has, and puts aside in the database those of jobs that it does not know: only the topic can tell of
 * them, and they get tombstones when the states are written again. Before a way resolves anything: what is put aside of an
 * organization that then stays halted is never published.
 */
final class StatesOnTopic {

    private static final int BATCH = 500;

    private final KafkaClients clients;
    private final String topic;
    private final Connection connection;
    private final Map<String, ObjectNode> batch = new LinkedHashMap<>();

    /** @param connection as {@link org.jobtrail.database.Role#RETENTION} */
    StatesOnTopic(KafkaClients clients, String topic, Connection connection) {
        this.clients = clients;
        this.topic = topic;
        this.connection = connection;
    }

    void read(Set<String> organizations) throws SQLException {
        if (organizations.isEmpty()) {
            return;
        }
        new WholeTopic(clients, topic).read(records -> {
            for (var record : records) {
                EventHeaders headers = EventHeaders.of(record);
                if (headers.areOfAState()
                        && organizations.contains(headers.organizationId())
                        // Else the tombstone would be of another key, and what is there would stay.
                        && (headers.organizationId() + "/" + headers.jobId()).equals(record.key())) {
                    add(record, headers);
                }
            }
        });
        stage();
    }

    private void add(ConsumerRecord<String, byte[]> record, EventHeaders headers) throws SQLException {
        // The last of several: a key comes once in what the database is given.
        batch.put(
                record.key(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("organization_id", headers.organizationId())
                        .put("job_type", headers.jobType())
                        .put("job_id", headers.jobId())
                        .put("source", headers.source())
                        .put("seq", headers.seq())
                        .put("observed_at", headers.get("ce_time"))
                        .put("hash", headers.get("ce_id"))
                        .put("present", record.value() != null));
        if (batch.size() >= BATCH) {
            stage();
        }
    }

    private void stage() throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.stage_states(?::json)")) {
            statement.setString(
                    1, JsonText.of(JsonNodeFactory.instance.arrayNode().addAll(batch.values())));
            statement.execute();
        }
        batch.clear();
    }
}
