package org.jobtrail.publish;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.kafka.Topics;

/**
 * What one producer publishes, batch by batch: what to ask the database for, which messages the rows become, and what its open
 * transaction holds. Used by one thread, and thrown away with the producer.
 */
public abstract class Publication {

    private final Topics.Identity identity;
    private List<Map<String, Object>> batch = List.of();
    private List<Cursor> cursors = List.of();
    private long begun;

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
    final List<Cursor> begin(List<Map<String, Object>> rows) {
        batch = rows;
        begun = System.nanoTime();
        var last = new LinkedHashMap<String, Cursor>();
        if (tellsEvents()) {
            rows.forEach(row -> last.put((String) row.get("organization_id"), Cursor.of(row, identity.topicId())));
        }
        cursors = List.copyOf(last.values());
        return cursors;
    }

    /** Where the organizations of the batch stand at its end. */
    final List<Cursor> cursors() {
        return cursors;
    }

    final List<Map<String, Object>> batch() {
        return batch;
    }

    /** How long Kafka has had the batch. */
    final Duration took() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    public final int rows() {
        return batch.size();
    }
}
