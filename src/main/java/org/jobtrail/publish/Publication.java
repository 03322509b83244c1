package org.jobtrail.publish;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.transform.Json;

/**
 * What one producer has published since its start: the batch in its open transaction, and what it committed that PostgreSQL does
 * not know yet. Used by the publisher's thread alone, and thrown away with the producer.
 */
public final class Publication {

    private final Topics.Identity identity;
    private Map<String, Cursor> acknowledged = Map.of();
    private Map<String, Cursor> open = new LinkedHashMap<>();
    private int rows;
    private Instant oldest = Instant.EPOCH;

    Publication(Topics.Identity identity) {
        this.identity = identity;
    }

    Topics.Identity identity() {
        return identity;
    }

    /** What Kafka committed of the batch before, for the statement that reads the next. */
    String acknowledgedJson() {
        return json(acknowledged.values());
    }

    /** Takes a batch: the last row of each organization in it is its cursor. */
    List<Cursor> begin(List<Map<String, Object>> batch) {
        open = new LinkedHashMap<>();
        rows = batch.size();
        oldest = batch.stream()
                .map(row -> Instant.parse((String) row.get("recorded_at")))
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
        for (Map<String, Object> row : batch) {
            var cursor = new Cursor((String) row.get("organization_id"), ((Number) row.get("seq")).longValue(), (String)
                    row.get("hash"));
            open.put(cursor.organizationId(), cursor);
        }
        return List.copyOf(open.values());
    }

    /** Kafka committed the batch. */
    void committed() {
        acknowledged = open;
        open = new LinkedHashMap<>();
    }

    int rows() {
        return rows;
    }

    /** How long the batch's oldest row has been in the history, as of now. */
    Duration lag() {
        Duration lag = Duration.between(oldest, Instant.now());
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    static String json(java.util.Collection<Cursor> cursors) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        cursors.forEach(cursor -> array.add(cursor.node()));
        return Json.text(array);
    }
}
