package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.kafka.MissingTopicException;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.kafka.Turn;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has PostgreSQL know where the topics of events and states end. What Kafka has lost there although the cursors are whole, the next
 * comparison tells of events; states are written again, as of each job the last one counts. Used by one thread.
 */
final class NotedEnds {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
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
     * @param compared the ends of the events topic with which publishing begins
     */
    void begin(TopicEnds compared) throws SQLException, InterruptedException {
        shortened = note(compared);
        TopicEnds states = TopicEnds.ofStates(admin, names, identity);
        Set<Integer> lost = note(states);
        if (!lost.isEmpty()) {
            LOG.warn(
                    "Kafka lost states: partition {} of topic {} ends before where it ended: all states are written again",
                    Collections.min(lost),
                    names.state());
            writeStatesAgain();
            note(states);
        }
        // States that are missing come first, and nobody looks after them.
        isBehind = true;
    }

    /**
     * After each batch that Kafka committed, and after each look at which there was nothing to publish: then nothing stays unnoted.
     *
     * @throws MissingTopicException where Kafka has lost something meanwhile: what is published is to be compared anew
     */
    void after(Publication publication) throws SQLException, InterruptedException {
        isBehind |= publication.rows() > 0;
        if (isBehind && (publication.rows() == 0 || turn.comes())) {
            TopicEnds events = TopicEnds.ofEvents(admin, names, identity);
            // One that did not answer when it was compared may do so now: published to, it would soon end where it did.
            if (!shortened.containsAll(note(events))) {
                throw new MissingTopicException("the events topic ends before where it ended");
            }
            TopicEnds states = TopicEnds.ofStates(admin, names, identity);
            if (!note(states).isEmpty()) {
                throw new MissingTopicException("the state topic ends before where it ended");
            }
            isBehind = !events.areKnown() || !states.areKnown();
        }
    }

    private void writeStatesAgain() throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.write_states_again(?)")) {
            statement.setString(1, identity.stateTopicId());
            statement.execute();
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
