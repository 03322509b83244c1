package org.jobtrail.recover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.publish.WholeTopic;
import org.jobtrail.transform.Json;

/** Reads the events of some organizations from the topic, whole, and puts them aside in the database, which compares sets. */
final class EventsOnTopic {

    private static final int BATCH = 500;

    private final KafkaClients clients;
    private final String topic;
    private final Connection connection;
    private final Beginnings beginnings = new Beginnings();
    private Set<Integer> shortened = Set.of();

    EventsOnTopic(KafkaClients clients, String topic, Connection connection) {
        this.clients = clients;
        this.topic = topic;
        this.connection = connection;
    }

    /** @param histories up to where the history of each organization goes: what comes after is read with its payload */
    void read(Map<String, Long> histories) throws SQLException {
        clear();
        ArrayNode batch = JsonNodeFactory.instance.arrayNode();
        shortened = new WholeTopic(clients, topic).read(records -> {
            for (var record : records) {
                RestoredRow row = RestoredRow.of(record).orElse(null);
                if (row != null && histories.containsKey(row.organizationId())) {
                    beginnings.add(row.organizationId(), record.partition(), row.seq());
                    batch.add(row.node(histories.get(row.organizationId())));
                    stage(batch, BATCH);
                }
            }
        });
        stage(batch, 1);
    }

    /** After which row of an organization retention has removed nothing from the topic. */
    long wholeAfter(String organizationId) {
        return beginnings.wholeAfter(organizationId, shortened);
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
