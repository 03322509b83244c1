package org.jobtrail.publish;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one producer publishes, batch by batch: what to ask the database for, which messages the rows become, and what its open
 * transaction holds. Used by one thread, and thrown away with the producer.
 */
public abstract class Publication {

    private final Topics.Identity identity;
    private List<Map<String, Object>> batch = List.of();

    Publication(Topics.Identity identity) {
        this.identity = identity;
    }

    /** The file in {@code sql/query/} that reads the next rows; for the route. */
    public abstract String getStatement();

    /** What that statement is given, besides how much it may yield. */
    abstract Map<String, Object> parameters();

    abstract boolean tellsEvents();

    abstract boolean tellsStates();

    /** Kafka committed the batch. */
    public abstract void committed();

    final Topics.Identity identity() {
        return identity;
    }

    /** Takes a batch. The last row of each organization in it is its cursor, where events are told. */
    List<Cursor> begin(List<Map<String, Object>> rows) {
        batch = rows;
        var cursors = new LinkedHashMap<String, Cursor>();
        if (tellsEvents()) {
            rows.forEach(row -> cursors.put((String) row.get("organization_id"), Cursor.of(row, identity.topicId())));
        }
        return List.copyOf(cursors.values());
    }

    final List<Map<String, Object>> batch() {
        return batch;
    }

    public final int rows() {
        return batch.size();
    }
}
