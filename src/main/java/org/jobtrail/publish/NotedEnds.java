package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
    private TopicEnds last;

    /** An older program has noted none. */
    private boolean isBehind = true;

    /** @param compared the ends with which publishing began */
    NotedEnds(Connection connection, Admin admin, KafkaTopics names, Topics.Identity identity, TopicEnds compared) {
        this.connection = connection;
        this.admin = admin;
        this.names = names;
        this.identity = identity;
        this.last = compared;
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
            if (now.isShorterThan(last)) {
                throw new MissingTopicException("the events topic ends before where it ended");
            }
            note(now);
            last = now;
            isBehind = false;
        }
    }

    private void note(TopicEnds ends) throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.note_topic_ends(?::json)")) {
            statement.setString(1, ends.json());
            statement.execute();
        }
    }
}
