package org.jobtrail.publish;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.settings.Settings.KafkaTopics;

/** Of which organizations nothing more is published; each is warned of once, as long as the reason stays. Used by one thread. */
final class Halts {

    private final CursorTopic cursorTopic;
    private final Obstacles obstacles;
    private Map<String, String> told = Map.of();

    Halts(KafkaClients clients, KafkaTopics topics, Obstacles obstacles) {
        this.cursorTopic = new CursorTopic(clients, topics.cursor());
        this.obstacles = obstacles;
    }

    /** Compares what PostgreSQL and Kafka know of each other. From then on, whoever is not halted can be claimed. */
    void compare(PublisherLock lock, Topics.Identity identity, TopicEnds ends) throws SQLException {
        Collection<Cursor> cursors = cursorTopic.read();
        var reasons = new HashMap<String, String>();
        // Whoever was paused would hold old cursors against what another instance has published since, and take that
        // for lost: but it has lost this session too.
        for (Comparison.Halt halt : Comparison.of(lock.session(), cursors, identity, ends)) {
            reasons.put(halt.organizationId(), halt.reason());
            if (!halt.reason().equals(told.get(halt.organizationId()))) {
                halt.warn();
            }
        }
        obstacles.haltAgain().forEach(halt -> reasons.put(halt.organizationId(), halt.reason()));
        Comparison.note(lock.session());
        told = reasons;
    }

    /** Another instance compares, and tells. */
    void leaveToOthers() {
        told = Map.of();
    }
}
