package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.Comparison;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.Cursor;
import org.jobtrail.publish.CursorTopic;
import org.jobtrail.publish.CursorWriter;
import org.jobtrail.publish.PublisherLock;
import org.jobtrail.settings.Settings.KafkaTopics;

/** What holds while somebody recovers: nobody publishes, and what PostgreSQL and Kafka say of each other was just compared. */
final class Standstill implements AutoCloseable {

    private static final int LOOKS = 10;
    private static final int BETWEEN_LOOKS_MILLIS = 200;

    private final Database database;
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final PublisherLock lock;
    private final Topics.Identity identity;
    private final TopicEnds ends;
    private CursorWriter writer;

    private Standstill(
            Database database,
            KafkaClients clients,
            KafkaTopics topics,
            PublisherLock lock,
            Topics.Identity identity,
            TopicEnds ends) {
        this.database = database;
        this.clients = clients;
        this.topics = topics;
        this.lock = lock;
        this.identity = identity;
        this.ends = ends;
    }

    static Standstill begin(Database database, KafkaClients clients, KafkaTopics topics)
            throws SQLException, InterruptedException {
        PublisherLock lock = lock(database, topics);
        if (lock == null) {
            throw new CannotRecoverException("Jobtrail is running and publishes: stop it, then try again");
        }
        try (Admin admin = clients.admin()) {
            Topics.Identity identity = new Topics(topics).ensure(admin);
            return new Standstill(
                    database, clients, topics, lock, identity, TopicEnds.ofEvents(admin, topics, identity));
        } catch (RuntimeException | InterruptedException e) {
            lock.close();
            throw e;
        }
    }

    /** Null where somebody publishes. That a publisher was stopped just now, PostgreSQL may not have noticed yet. */
    private static PublisherLock lock(Database database, KafkaTopics topics) throws SQLException, InterruptedException {
        PublisherLock lock = PublisherLock.tryAcquire(database, topics.cursor());
        for (int time = 1; lock == null && time < LOOKS; time++) {
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
            lock = PublisherLock.tryAcquire(database, topics.cursor());
        }
        return lock;
    }

    Topics.Identity identity() {
        return identity;
    }

    /** Ends what somebody who was killed has left open under the publisher's name, and shuts out who was only paused. */
    void shutOutOthers() {
        writer = new CursorWriter(clients, topics.cursor());
    }

    /** After {@link #shutOutOthers}. */
    void write(Collection<Cursor> cursors) {
        writer.write(cursors);
    }

    /** Where each organization stands on Kafka. */
    Map<String, Cursor> cursors() {
        Collection<Cursor> cursors = new CursorTopic(clients, topics.cursor()).read();
        return cursors.stream().collect(Collectors.toMap(Cursor::organizationId, Function.identity()));
    }

    List<Halt> halts(Map<String, Cursor> cursors) throws SQLException {
        try (Connection connection = database.connect(Role.PUBLISHER)) {
            return Comparison.of(connection, cursors.values(), identity, ends);
        }
    }

    /** As {@link #halts}, but nothing of it stays: what it takes for published may be so on a topic that is not whole yet. */
    List<Halt> wouldHalt(Map<String, Cursor> cursors) throws SQLException {
        try (Connection connection = database.connect(Role.PUBLISHER)) {
            return Comparison.rehearsed(connection, cursors.values(), identity, ends);
        }
    }

    @Override
    public void close() throws SQLException {
        try (lock) {
            if (writer != null) {
                writer.close();
            }
        }
    }
}
