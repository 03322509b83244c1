package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.database.SqlState;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.settings.Settings.KafkaTopics;

/**
 * Which organizations a publisher would halt if it started now, without being one: no cursor is written, nobody is shut out, and nothing
 * stays of what the database compares. Another instance may publish meanwhile. By the account that migrates: one that only removes may
 * not publish.
 */
public final class ForeseenHalts {

    /** PostgreSQL ends one of two that wait for each other after a second: it must not be the publisher. */
    private static final String GIVE_WAY = "set lock_timeout = '100ms'";

    private static final int TRIES = 50;

    private final Database database;
    private final Admin admin;
    private final KafkaTopics topics;
    private final CursorTopic cursors;
    private final Topics.Identity identity;

    public ForeseenHalts(
            Database database, KafkaClients clients, Admin admin, KafkaTopics topics, Topics.Identity identity) {
        this.database = database;
        this.admin = admin;
        this.topics = topics;
        this.cursors = new CursorTopic(clients, topics.cursor());
        this.identity = identity;
    }

    /**
     * Only what is found twice, row for row: what was acknowledged after the cursors were read, or noted of the topic's ends after Kafka
     * was asked for them, would pass for lost.
     */
    public List<Halt> find() throws SQLException, InterruptedException {
        List<Halt> once = look();
        return once.isEmpty() ? once : look().stream().filter(once::contains).toList();
    }

    private List<Halt> look() throws SQLException, InterruptedException {
        List<Cursor> read = List.copyOf(cursors.read());
        TopicEnds ends = TopicEnds.ofEvents(admin, topics, identity);
        for (int time = 1; ; time++) {
            try (Connection connection = database.connectToMigrate(Role.OWNER);
                    var statement = connection.createStatement()) {
                statement.execute(GIVE_WAY);
                return Comparison.rehearsed(connection, read, identity, ends);
            } catch (SQLException e) {
                if (!SqlState.is(e, SqlState.LOCK_NOT_AVAILABLE) || time == TRIES) {
                    throw e;
                }
            }
            Thread.sleep(time);
        }
    }
}
