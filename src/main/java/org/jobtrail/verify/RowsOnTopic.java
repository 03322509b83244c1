package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.TopicDescriptions;
import org.jobtrail.kafka.WholeTopic;
import org.jobtrail.text.JsonText;

/**
 * Looks for the events of rows that are to be removed: afterwards, nothing else could tell what they were. Reads the topic from where the
 * oldest of them can have been sent, until all are found; an event counts that is the row's in all that it says. Memory grows by a bit per
 * row.
 */
public final class RowsOnTopic {

    /** How much earlier than its row was recorded an event can have been sent, by clocks that do not agree. */
    private static final Duration APART = Duration.ofDays(1);

    private static final String OLDEST = """
            select min(line.recorded_at)
            from json_to_recordset(?::json) as wanted (organization_id text, seq bigint)
            join jobtrail.job_history line on line.organization_id = wanted.organization_id and line.seq = wanted.seq""";

    private final Connection connection;
    private final KafkaClients clients;
    private final String topic;
    private final NoteVerification notes;
    private final ExpectedEvents expected;
    private final Beginnings beginnings = new Beginnings();
    private final Map<String, Wanted> wanted = new LinkedHashMap<>();
    private long left;

    /** @param connection as an auditor */
    public RowsOnTopic(Connection connection, KafkaClients clients, String topic) {
        this.connection = connection;
        this.clients = clients;
        this.topic = topic;
        this.notes = new NoteVerification(connection, new Findings());
        this.expected = new ExpectedEvents(connection);
    }

    /** Those of an organization from the first to the last. */
    public record Rows(String organizationId, long first, long last) {

        private boolean holds(long seq) {
            return first <= seq && seq <= last;
        }
    }

    private record Wanted(Rows rows, Epochs epochs, Published found) {

        static Wanted of(Rows rows, Epochs epochs) {
            return new Wanted(rows, epochs, new Published(rows.first()));
        }

        /** Of a history that was left behind, the topic has other rows under these numbers. */
        boolean excuses(long seq) {
            return epochs.leftBehind(seq) || epochs.last(seq) != seq;
        }

        boolean lacks(long seq) {
            return rows.holds(seq) && !found.holds(seq);
        }

        long missing() {
            return found.missing(rows.first(), rows.last(), this::excuses);
        }
    }

    /** @return what is missing of each organization of which the topic lacks rows, and its own retention does not explain it */
    public Map<String, String> missing(Collection<Rows> all) throws SQLException, InterruptedException {
        notes.advance();
        for (Rows rows : all) {
            Wanted these = Wanted.of(rows, notes.epochs(rows.organizationId()));
            wanted.put(rows.organizationId(), these);
            left += these.missing();
        }
        if (left > 0) {
            read(oldest(all));
        }
        return sentences(partitions());
    }

    private void read(Instant oldest) throws SQLException, InterruptedException {
        var shortened = new WholeTopic(clients, topic).readSince(oldest.minus(APART), new WholeTopic.Taker() {
            @Override
            public void take(ConsumerRecords<String, byte[]> records) throws SQLException {
                find(records);
            }

            @Override
            public void overtaken(int partition) {
                beginnings.forget(partition);
            }

            @Override
            public boolean isDone() {
                return left == 0;
            }
        });
        // What a topic that keeps all has lost, no retention of its own has removed.
        if (!keepsAll()) {
            beginnings.shortened(shortened);
        }
    }

    private void find(ConsumerRecords<String, byte[]> records) throws SQLException {
        var keys = new ArrayList<EventKey>();
        for (ConsumerRecord<String, byte[]> event : records) {
            EventKey key = EventKey.of(event);
            if (key != null && wanted.containsKey(key.organizationId())) {
                beginnings.add(key.organizationId(), event.partition(), key.seq());
                if (wanted.get(key.organizationId()).lacks(key.seq())) {
                    keys.add(key);
                }
            }
        }
        Map<EventKey, ExpectedEvent> rows = expected.of(keys);
        for (ConsumerRecord<String, byte[]> event : records) {
            EventKey key = EventKey.of(event);
            ExpectedEvent row = key == null ? null : rows.get(key);
            if (row != null
                    && row.wrong(event) == null
                    && wanted.get(key.organizationId()).lacks(key.seq())) {
                wanted.get(key.organizationId()).found().add(event.partition(), key.seq());
                left -= wanted.get(key.organizationId()).excuses(key.seq()) ? 0 : 1;
            }
        }
    }

    private Map<String, String> sentences(int partitions) throws SQLException {
        var absent = new AbsentRows(connection, notes, beginnings, partitions);
        var sentences = new LinkedHashMap<String, String>();
        for (Wanted these : wanted.values()) {
            Rows rows = these.rows();
            AbsentRows.Unexplained missing =
                    absent.unexplained(rows.organizationId(), these.found(), rows.first(), rows.last(), these::excuses);
            if (missing.rows() > 0) {
                sentences.put(
                        rows.organizationId(),
                        "%d of rows %d to %d are not on topic %s, the first of them row %d, and its retention has not removed them: run verify, and republish --to a new topic"
                                .formatted(missing.rows(), rows.first(), rows.last(), topic, missing.first()));
            }
        }
        return sentences;
    }

    private Instant oldest(Collection<Rows> all) throws SQLException {
        ArrayNode firsts = JsonNodeFactory.instance.arrayNode();
        all.forEach(rows ->
                firsts.addObject().put("organization_id", rows.organizationId()).put("seq", rows.first()));
        try (var statement = connection.prepareStatement(OLDEST)) {
            statement.setString(1, JsonText.of(firsts));
            try (var row = statement.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)
                        .orElse(Instant.EPOCH.plus(APART));
            }
        }
    }

    private boolean keepsAll() throws InterruptedException {
        try (Admin admin = clients.admin()) {
            return TopicDescriptions.keepsAll(admin, topic);
        }
    }

    private int partitions() throws InterruptedException {
        try (Admin admin = clients.admin()) {
            return TopicDescriptions.find(admin, topic)
                    .map(TopicDescription::partitions)
                    .map(Collection::size)
                    .orElse(0);
        }
    }
}
