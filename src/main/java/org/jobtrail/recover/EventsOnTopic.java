package org.jobtrail.recover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.WholeTopic;
import org.jobtrail.text.JsonText;
import org.jobtrail.verify.Beginnings;

/**
 * Reads the events of some organizations from the topic, whole, and puts them aside in the database, which compares sets. Closed, nothing
 * is left there, whatever has failed: an event holds what an erasure may have to blank.
 */
final class EventsOnTopic implements AutoCloseable {

    private static final int BATCH = 500;

    /** A batch is there several times until the database has it: as a tree, as its text and as that text's bytes. */
    private static final long BYTES = 4_000_000;

    private final KafkaClients clients;
    private final String topic;
    private final Connection connection;
    private final Beginnings beginnings = new Beginnings();
    private final ArrayNode batch = JsonNodeFactory.instance.arrayNode();
    private final Map<String, Integer> foreign = new TreeMap<>();
    private long bytes;

    EventsOnTopic(KafkaClients clients, String topic, Connection connection) {
        this.clients = clients;
        this.topic = topic;
        this.connection = connection;
    }

    /**
     * @param histories up to where the history of each organization goes: what comes after is read with its payload
     * @param published up to where each was published, where that is known: what comes after is somebody else's, as events and cursors
     *     come in one transaction
     * @param proven true where of all others, too, what their hashes are computed over is wanted
     */
    void read(Map<String, Long> histories, Map<String, Long> published, boolean proven) throws SQLException {
        beginnings.shortened(new WholeTopic(clients, topic).read(records -> {
            for (var record : records) {
                RestoredRow row = RestoredRow.of(record).orElse(null);
                if (row == null || !histories.containsKey(row.organizationId())) {
                    continue;
                }
                if (row.seq() > published.getOrDefault(row.organizationId(), Long.MAX_VALUE)) {
                    foreign.merge(row.organizationId(), 1, Integer::sum);
                } else {
                    beginnings.add(row.organizationId(), record.partition(), row.seq());
                    add(row, histories.get(row.organizationId()), proven);
                }
            }
        }));
        stage();
    }

    /** How many events were passed over that Jobtrail has not published, by organization. */
    Map<String, Integer> foreign() {
        return foreign;
    }

    /** After which row of an organization retention has removed nothing from the topic. */
    long wholeAfter(String organizationId) {
        return beginnings.wholeAfter(organizationId);
    }

    void clear() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select jobtrail.clear_events()");
        }
    }

    @Override
    public void close() throws SQLException {
        clear();
    }

    private void add(RestoredRow row, long known, boolean proven) throws SQLException {
        batch.add(row.node(known, proven));
        bytes += row.payloadBytes(known);
        if (batch.size() >= BATCH || bytes >= BYTES) {
            stage();
        }
    }

    private void stage() throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.stage_events(?::json)")) {
            statement.setString(1, JsonText.of(batch));
            statement.execute();
        }
        batch.removeAll();
        bytes = 0;
    }
}
