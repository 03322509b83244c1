package org.jobtrail.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jobtrail.kafka.Topics;

/** The rows that are not on the topic yet. What Kafka committed of one batch is told to the database with the request for the next. */
final class NewEvents extends Publication {

    private List<Cursor> acknowledged = List.of();

    NewEvents(Topics.Identity identity) {
        super(identity);
    }

    @Override
    public String getStatement() {
        return "next_events";
    }

    @Override
    Map<String, Object> parameters() {
        return Map.of(
                "acknowledged",
                Cursor.json(acknowledged),
                "identity",
                identity().json());
    }

    @Override
    boolean tellsEvents() {
        return true;
    }

    @Override
    boolean tellsStates() {
        return true;
    }

    @Override
    public void committed() {
        acknowledged = cursors();
    }

    /** How long the batch's oldest row has been in the history, as of now. */
    Duration lag() {
        Instant oldest = batch().stream()
                .map(row -> (String) row.get("recorded_at"))
                .min(Comparator.naturalOrder())
                .map(Instant::parse)
                .orElse(Instant.EPOCH);
        Duration lag = Duration.between(oldest, Instant.now());
        return lag.isNegative() ? Duration.ZERO : lag;
    }
}
