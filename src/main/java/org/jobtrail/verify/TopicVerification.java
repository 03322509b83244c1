package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.WholeTopic;
import org.jobtrail.transform.JsonText;
import org.jobtrail.verify.Finding.Kind;

/**
 * Reads the topic as any read_committed consumer does and holds each event against its row: key, value, and the headers that tell
 * the row. Memory grows by a bit per event.
 */
final class TopicVerification {

    /** What each of the columns after the fifth stands in. */
    private static final List<String> HEADERS = List.of(
            "ce_id",
            "ce_previoushash",
            "ce_source",
            "ce_type",
            "ce_time",
            "ce_subject",
            "ce_epoch",
            "ce_attempt",
            "ce_recordedat",
            "ce_rawdigest",
            "ce_salt");

    private static final int FIRST_HEADER = 6;
    private static final String ROWS = """
            select line.organization_id, line.seq, line.job_id, line.payload, line.payload_digest,
                encode(line.hash, 'hex'), encode(line.prev_hash, 'hex'), '/jobtrail/' || line.source,
                'org.jobtrail.job.' || line.change_kind || '.v1', line.observed_at,
                line.organization_id || '/' || line.job_type || '/' || line.job_id, line.epoch::text, line.attempt::text,
                line.recorded_at, encode(line.raw_digest, 'hex'), encode(line.salt, 'hex')
            from json_to_recordset(?::json) as event (organization_id text, seq bigint)
            join jobtrail.job_history line using (organization_id, seq)""";

    private final Connection connection;
    private final KafkaClients clients;
    private final String topic;
    private final Scope scope;
    private final NoteVerification notes;
    private final Findings findings;
    private final ChainHash chainHash = new ChainHash();
    private final Map<String, Published> published = new HashMap<>();
    private boolean whole;
    private long events;

    TopicVerification(
            Connection connection,
            KafkaClients clients,
            String topic,
            Scope scope,
            NoteVerification notes,
            Findings findings) {
        this.connection = connection;
        this.clients = clients;
        this.topic = topic;
        this.scope = scope;
        this.notes = notes;
        this.findings = findings;
    }

    private record Key(String organizationId, long seq) {}

    private record Expected(String jobId, String payload, byte[] payloadDigest, String[] headers) {}

    long events() {
        return events;
    }

    /** False where retention has removed the beginning of the topic: what is gone cannot be held against the history. */
    boolean whole() {
        return whole;
    }

    void read() throws SQLException {
        whole = new WholeTopic(clients, topic).read(this::compare).isEmpty();
    }

    /** There is no such topic: whatever was acknowledged is gone. */
    void missing() {
        whole = true;
    }

    /**
     * Holds what was found against what Kafka had acknowledged before the topic was read: of what comes later, some partitions may
     * have been read already. Returns up to where the organization is on the topic.
     */
    long reached(String organizationId, long first, long acknowledged) {
        Published found = published.getOrDefault(organizationId, new Published(first));
        // Of a history that was left behind, the topic has other rows under these numbers.
        Epochs epochs = notes.epochs(organizationId);
        long missing = found.missing(first, acknowledged, seq -> epochs.leftBehind(seq) || epochs.last(seq) != seq);
        if (whole && missing > 0) {
            findings.add(
                    Kind.TOPIC_CONTRADICTS,
                    "organization %s: %d of %d acknowledged events are not on topic %s",
                    organizationId,
                    missing,
                    acknowledged - first + 1,
                    topic);
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
        Map<Key, Expected> rows = rows(records);
        boolean advanced = false;
        for (ConsumerRecord<String, byte[]> event : records) {
            Key key = key(event);
            if (!inScope(event, key)) {
                continue;
            }
            events++;
            Expected row = key == null ? null : rows.get(key);
            if (row == null && key != null && !advanced && !isSealed(key)) {
                // It may have been sealed in this moment.
                advanced = true;
                notes.advance();
            }
            if (key != null && isSealed(key)) {
                continue;
            }
            if (key != null
                    && notes.epochs(key.organizationId()).leftBehind(key.seq())
                    && (row == null || !Objects.equals(row.headers()[0], header(event, HEADERS.get(0))))) {
                continue;
            }
            String wrong = row == null ? "no row of the history is this event" : wrong(event, key, row);
            if (wrong != null) {
                findings.add(
                        Kind.TOPIC_CONTRADICTS,
                        "topic %s, partition %d, offset %d%s: %s",
                        topic,
                        event.partition(),
                        event.offset(),
                        key == null ? "" : " (organization %s, row %d)".formatted(key.organizationId(), key.seq()),
                        wrong);
            }
        }
    }

    private boolean isSealed(Key key) {
        return key.seq() > 0 && key.seq() <= notes.seal(key.organizationId()).lastSeq();
    }

    /** An event that does not say when it was observed is looked at in any case. */
    private boolean inScope(ConsumerRecord<String, byte[]> event, Key key) {
        if (key != null && !scope.holds(key.organizationId())) {
            return false;
        }
        try {
            String observedAt = header(event, "ce_time");
            return observedAt == null || scope.holds(Instant.parse(observedAt));
        } catch (DateTimeException e) {
            return true;
        }
    }

    private String wrong(ConsumerRecord<String, byte[]> event, Key key, Expected row) {
        if (!published
                .computeIfAbsent(
                        key.organizationId(), id -> new Published(notes.seal(id).lastSeq() + 1))
                .add(event.partition(), key.seq())) {
            return "it comes twice or out of order";
        }
        for (int i = 0; i < HEADERS.size(); i++) {
            boolean erased = row.payload() == null && row.headers()[i] == null;
            if (!erased && !Objects.equals(row.headers()[i], header(event, HEADERS.get(i)))) {
                return "its %s is not the row's".formatted(HEADERS.get(i));
            }
        }
        if (!(key.organizationId() + "/" + row.jobId()).equals(event.key())) {
            return "its key is not the row's organization and job";
        }
        return isPayload(event, row) ? null : "its value is not the row's payload";
    }

    /** What was erased is still on the topic, with the salt that proves it; or it was published anew since, without either. */
    private boolean isPayload(ConsumerRecord<String, byte[]> event, Expected row) {
        if (row.payload() != null) {
            return Arrays.equals(row.payload().getBytes(StandardCharsets.UTF_8), event.value());
        }
        try {
            String salt = header(event, "ce_salt");
            if (salt == null) {
                return event.value() == null;
            }
            return event.value() != null
                    && Arrays.equals(
                            row.payloadDigest(), chainHash.salted(HexFormat.of().parseHex(salt), event.value()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Map<Key, Expected> rows(ConsumerRecords<String, byte[]> records) throws SQLException {
        ArrayNode keys = JsonNodeFactory.instance.arrayNode();
        for (ConsumerRecord<String, byte[]> event : records) {
            Key key = key(event);
            if (key != null && inScope(event, key)) {
                keys.addObject().put("organization_id", key.organizationId()).put("seq", key.seq());
            }
        }
        var rows = new HashMap<Key, Expected>();
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, JsonText.of(keys));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    String[] headers = new String[HEADERS.size()];
                    for (int i = 0; i < headers.length; i++) {
                        boolean moment = HEADERS.get(i).equals("ce_time")
                                || HEADERS.get(i).equals("ce_recordedat");
                        headers[i] = moment
                                ? HashedText.of(row.getObject(FIRST_HEADER + i, OffsetDateTime.class))
                                : row.getString(FIRST_HEADER + i);
                    }
                    rows.put(
                            new Key(row.getString(1), row.getLong(2)),
                            new Expected(row.getString(3), row.getString(4), row.getBytes(5), headers));
                }
            }
        }
        return rows;
    }

    private static Key key(ConsumerRecord<String, byte[]> event) {
        String organizationId = header(event, "ce_organization");
        String sequence = header(event, "ce_sequence");
        return organizationId == null || sequence == null || !sequence.matches("[0-9]{19}")
                ? null
                : key(organizationId, sequence);
    }

    /** PostgreSQL knows no text with U+0000, so there is no row of it. */
    private static Key key(String organizationId, String sequence) {
        try {
            return organizationId.indexOf('\0') >= 0 ? null : new Key(organizationId, Long.parseLong(sequence));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String header(ConsumerRecord<String, byte[]> event, String name) {
        Header header = event.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
