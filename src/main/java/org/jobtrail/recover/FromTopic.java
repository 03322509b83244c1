package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.publish.Cursor;

/**
 * Goes on from what the topic holds, where it is whole and says the same as the history: rows that the history has lost are restored,
 * a cursor that was lost is written again, and states are written anew.
 */
public final class FromTopic implements Way {

    private static final String RECOVER = """
            select restored, last_seq, last_hash, source, epoch, database_id, gone
            from jobtrail.recover_from_topic(?, ?, ?, ?, ?::json)""";

    @Override
    public Set<String> resolves() {
        return Set.of(
                "database-set-back", "kafka-lost-data", "another-cluster", "topic-replaced", "state-topic-replaced");
    }

    @Override
    public long lastKnown(Connection connection, String organizationId) throws SQLException {
        return Ledger.lastSeq(connection, organizationId);
    }

    @Override
    public String resolve(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Standstill standstill,
            Connection connection)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            String sentence = restore(organizationId, cursor, events, standstill, connection);
            connection.commit();
            return sentence;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /**
     * Kafka has the cursor before the history is committed: whoever is killed between the two finds the halt of before, and does it
     * again. The other way round, the history would be of this topic and the cursor of the one before, as where republish was killed.
     */
    private static String restore(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Standstill standstill,
            Connection connection)
            throws SQLException {
        try (var statement = connection.prepareStatement(RECOVER)) {
            statement.setString(1, organizationId);
            statement.setString(2, cursor.map(Cursor::source).orElse(null));
            statement.setLong(3, cursor.map(Cursor::seq).orElse(0L));
            statement.setLong(4, events.wholeAfter(organizationId));
            statement.setString(5, standstill.identity().json());
            try (var row = statement.executeQuery()) {
                row.next();
                long restored = row.getLong(1);
                var reached = new Cursor(
                        organizationId,
                        row.getString(4),
                        row.getInt(5),
                        row.getLong(2),
                        row.getString(3),
                        standstill.identity().topicId(),
                        row.getString(6));
                if (reached.seq() > 0) {
                    standstill.write(List.of(reached));
                }
                return sentence(restored, reached.seq()) + gone(row.getLong(7));
            }
        }
    }

    private static String sentence(long restored, long last) {
        String rows = restored == 0
                ? "nothing was lost"
                : "rows %d to %d restored from the topic, without the texts that the server sent"
                        .formatted(last - restored + 1, last);
        return "%s; publishing goes on after row %d".formatted(rows, last);
    }

    /** Of what the topic has lost besides, only the history can tell it. */
    private static String gone(long seq) {
        return seq == 0 ? "" : "; row %d is not on the topic: run republish --to a new topic".formatted(seq);
    }
}
