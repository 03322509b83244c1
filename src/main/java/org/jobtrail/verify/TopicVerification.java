package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.WholeTopic;
import org.jobtrail.verify.Finding.Kind;

/**
 * Reads the topic as any read_committed consumer does and holds each event against its row: key, value, and the headers that tell
 * the row. Memory grows by a bit per event.
 */
final class TopicVerification {

    private static final String NO_ROW = "no row of the history is this event";

    private final KafkaClients clients;
    private final String topic;
    private final Scope scope;
    private final Set<String> judged;
    private final Set<String> unreadable;
    private final NoteVerification notes;
    private final Findings findings;
    private final Map<String, Published> published = new HashMap<>();
    private final ExpectedEvents expected;
    private final Beginnings beginnings = new Beginnings();
    private final AbsentRows absent;
    private long events;

    /**
     * @param judged the organizations of which it is asked what is missing: who else the topic names fills no memory
     * @param unreadable the organizations whose rows PostgreSQL cannot read: their events are passed over
     * @param partitions of the topic
     */
    TopicVerification(
            Connection connection,
            KafkaClients clients,
            String topic,
            Scope scope,
            Set<String> judged,
            Set<String> unreadable,
            NoteVerification notes,
            Findings findings,
            int partitions) {
        this.clients = clients;
        this.topic = topic;
        this.scope = scope;
        this.judged = judged;
        this.unreadable = unreadable;
        this.notes = notes;
        this.findings = findings;
        this.expected = new ExpectedEvents(connection);
        this.absent = new AbsentRows(connection, notes, beginnings, partitions);
    }

    long events() {
        return events;
    }

    /** False where retention has removed the beginning of a partition: what is gone cannot be held against the history. */
    boolean whole() {
        return beginnings.isWhole();
    }

    void read() throws SQLException {
        beginnings.shortened(new WholeTopic(clients, topic).read(new WholeTopic.Taker() {
            @Override
            public void take(ConsumerRecords<String, byte[]> records) throws SQLException {
                compare(records);
            }

            @Override
            public void overtaken(int partition) {
                beginnings.forget(partition);
            }
        }));
    }

    /**
     * Holds what was found against what Kafka had acknowledged before the topic was read: of what comes later, some partitions may
     * have been read already. What retention explains is passed over, and no more. Returns up to where the organization was published.
     */
    long reached(String organizationId, long first, long acknowledged) throws SQLException {
        Published found = published.getOrDefault(organizationId, new Published(first));
        // Of a history that was left behind, the topic has other rows under these numbers.
        Epochs epochs = notes.epochs(organizationId);
        AbsentRows.Unexplained missing = absent.unexplained(
                organizationId, found, first, acknowledged, seq -> epochs.leftBehind(seq) || epochs.last(seq) != seq);
        if (missing.rows() > 0) {
            findings.add(
                    Kind.TOPIC_CONTRADICTS,
                    "organization %s: %d of %d acknowledged events are not on topic %s%s, the first that of row %d",
                    organizationId,
                    missing.rows(),
                    acknowledged - first + 1,
                    topic,
                    whole() ? "" : ", and retention has not removed them",
                    missing.first());
        }
        return Math.max(found.last(), acknowledged);
    }

    /** How many rows are on no topic, as an epoch has gone on above them: the topic has others under their numbers. */
    long leftBehind(String organizationId, long first, long acknowledged) {
        Epochs epochs = notes.epochs(organizationId);
        return published
                .getOrDefault(organizationId, new Published(first))
                .missing(first, acknowledged, seq -> !epochs.leftBehind(seq) || epochs.last(seq) != seq);
    }

    private void compare(ConsumerRecords<String, byte[]> records) throws SQLException {
        Map<EventKey, ExpectedEvent> rows = rows(records);
        boolean advanced = false;
        for (ConsumerRecord<String, byte[]> event : records) {
            EventKey key = EventKey.of(event);
            if (key != null && judged.contains(key.organizationId())) {
                beginnings.add(key.organizationId(), event.partition(), key.seq());
            }
            if (!inScope(event, key)) {
                continue;
            }
            events++;
            if (key == null) {
                contradicts(event, "", NO_ROW);
                continue;
            }
            ExpectedEvent row = rows.get(key);
            if (row == null && !advanced && !isSealed(key)) {
                // It may have been sealed in this moment.
                advanced = true;
                notes.advance();
            }
            boolean sealed = isSealed(key);
            if (row == null && sealed) {
                continue;
            }
            if (notes.epochs(key.organizationId()).leftBehind(key.seq()) && (row == null || !row.isOf(event))) {
                continue;
            }
            String wrong = row == null ? NO_ROW : sealed ? row.wrong(event) : wrong(event, key, row);
            if (wrong != null) {
                contradicts(event, " (organization %s, row %d)".formatted(key.organizationId(), key.seq()), wrong);
            }
        }
    }

    private void contradicts(ConsumerRecord<String, byte[]> event, String what, String wrong) {
        findings.add(
                Kind.TOPIC_CONTRADICTS,
                "topic %s, partition %d, offset %d%s: %s",
                topic,
                event.partition(),
                event.offset(),
                what,
                wrong);
    }

    private boolean isSealed(EventKey key) {
        return key.seq() > 0 && key.seq() <= notes.seal(key.organizationId()).lastSeq();
    }

    /** An event that does not say when it was observed is looked at in any case. */
    private boolean inScope(ConsumerRecord<String, byte[]> event, EventKey key) {
        if (key != null && (!scope.holds(key.organizationId()) || unreadable.contains(key.organizationId()))) {
            return false;
        }
        try {
            String observedAt = EventKey.header(event, "ce_time");
            return observedAt == null || scope.holds(Instant.parse(observedAt));
        } catch (DateTimeException e) {
            return true;
        }
    }

    private String wrong(ConsumerRecord<String, byte[]> event, EventKey key, ExpectedEvent row) {
        if (!published
                .computeIfAbsent(
                        key.organizationId(), id -> new Published(notes.seal(id).lastSeq() + 1))
                .add(event.partition(), key.seq())) {
            return "it comes twice or out of order";
        }
        return row.wrong(event);
    }

    private Map<EventKey, ExpectedEvent> rows(ConsumerRecords<String, byte[]> records) throws SQLException {
        var keys = new ArrayList<EventKey>();
        for (ConsumerRecord<String, byte[]> event : records) {
            EventKey key = EventKey.of(event);
            if (key != null && inScope(event, key)) {
                keys.add(key);
            }
        }
        return expected.of(keys);
    }
}
