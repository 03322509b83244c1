package org.jobtrail.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.settings.Settings;

/**
 * The receipts and notes that checkpoints know of and a database that was set back does not have: no topic carries them, so that nothing
 * can restore them.
 *
 * @param checkpoint the last checkpoint that was looked at
 */
public record LostEvidence(long checkpoint, List<Range> ranges) {

    /** Numbers of one chain: {@code receipts} of a source, or {@code notes}. */
    public record Range(String kind, String id, long firstSeq, long lastSeq) {

        static Range of(JsonNode node) {
            return new Range(
                    node.get("kind").asText(),
                    node.get("id").asText(),
                    node.get("firstSeq").asLong(),
                    node.get("lastSeq").asLong());
        }

        Range with(Range other) {
            return new Range(kind, id, Math.min(firstSeq, other.firstSeq), Math.max(lastSeq, other.lastSeq));
        }

        ObjectNode node() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("kind", kind)
                    .put("id", id)
                    .put("firstSeq", firstSeq)
                    .put("lastSeq", lastSeq);
        }

        @Override
        public String toString() {
            String numbers = firstSeq == lastSeq ? "%d".formatted(lastSeq) : "%d to %d".formatted(firstSeq, lastSeq);
            return kind.equals("receipts") ? "receipts %s of source %s".formatted(numbers, id) : "notes " + numbers;
        }
    }

    /** Compares all checkpoints of topic and file with the database, where none of them was excused by an earlier recovery. */
    public static LostEvidence find(Connection connection, KafkaClients clients, Settings settings, CheckpointKeys keys)
            throws SQLException, IOException {
        var findings = new Findings();
        var notes = new NoteVerification(connection, findings);
        notes.advance();
        var receipts = new ReceiptVerification(connection, findings);
        receipts.verify();
        Settings.KafkaTopics topics = settings.topics();
        var identity = TopicIdentity.of(connection, clients, topics.events(), topics.checkpoints());
        var heads = new CheckpointHeads(connection, Scope.ALL, Set.of(), notes, receipts, findings);
        var checkpoints = new CheckpointVerification(
                clients, topics.checkpoints(), settings.checkpoint().file(), keys, heads, findings);
        checkpoints.read(identity);
        return new LostEvidence(checkpoints.last(), heads.lost());
    }

    /** What the note about it holds. */
    public ArrayNode rangesNode() {
        ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
        ranges.forEach(range -> nodes.add(range.node()));
        return nodes;
    }
}
