package org.jobtrail.recover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.publish.WholeTopic;
import org.jobtrail.transform.Json;

/** Reads the events of some organizations from the topic, whole, and puts them aside in the database, which compares sets. */
final class EventsOnTopic {

    private static final int BATCH = 500;

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
        new WholeTopic(clients, topic).read(records -> {
            for (var record : records) {
                Optional<RestoredRow> row = RestoredRow.of(record);
                if (row.isPresent() && histories.containsKey(row.get().organizationId())) {
                    batch.add(row.get().node(histories.get(row.get().organizationId())));
                    stage(batch, BATCH);
                }
            }
        });
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
