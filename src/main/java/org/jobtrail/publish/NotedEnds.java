package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.kafka.MissingTopicException;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.kafka.Turn;
import org.jobtrail.settings.Settings.KafkaTopics;

/**
 * Has PostgreSQL know where the events topic ends, so that the next comparison tells what Kafka has lost there although the cursors are
 * whole. Used by one thread.
 */
final class NotedEnds {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Connection connection;
    private final Admin admin;
    private final KafkaTopics names;
    private final Topics.Identity identity;
    private final Turn turn = new Turn(PAUSE);

    /** Partitions that the comparison has found shorter than they were: whoever may go on publishes to them as they are. */
    private Set<Integer> shortened = Set.of();

    private boolean isBehind;

    NotedEnds(Connection connection, Admin admin, KafkaTopics names, Topics.Identity identity) {
        this.connection = connection;
        this.admin = admin;
        this.names = names;
        this.identity = identity;
    }

    /**
     * Before anything is published: whoever was killed has published what was not noted, and an older program notes nothing.
     *
     * @param compared the ends with which publishing begins
     */
    void begin(TopicEnds compared) throws SQLException {
        shortened = note(compared);
        isBehind = !compared.areKnown();
    }

    /**
     * After each batch that Kafka committed, and after each look at which there was nothing to publish: then nothing stays unnoted.
     *
     * @throws MissingTopicException where Kafka has lost something meanwhile: what is published is to be compared anew
     */
    void after(Publication publication) throws SQLException, InterruptedException {
        isBehind |= publication.rows() > 0;
        if (isBehind && (publication.rows() == 0 || turn.comes())) {
            TopicEnds now = TopicEnds.of(admin, names, identity);
            // One that did not answer when it was compared may do so now: published to, it would soon end where it did.
            if (!shortened.containsAll(note(now))) {
                throw new MissingTopicException("the events topic ends before where it ended");
            }
            isBehind = !now.areKnown();
        }
    }

    /** Returns the partitions that end before where they ended. */
    private Set<Integer> note(TopicEnds ends) throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.note_topic_ends(?::json)")) {
            statement.setString(1, ends.json());
            var shorter = new HashSet<Integer>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    shorter.add(row.getInt(1));
                }
            }
            return shorter;
        }
    }
}
