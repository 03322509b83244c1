package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.database.Transaction;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.Comparison.Halt;
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
                Halt.DATABASE_SET_BACK, "kafka-lost-data", "another-cluster", "topic-replaced", "state-topic-replaced");
    }

    @Override
    public long lastKnown(Connection connection, String organizationId) throws SQLException {
        return Ledger.lastSeq(connection, organizationId);
    }

    @Override
    public boolean provesAll() {
        return false;
    }

    @Override
    public String resolve(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Standstill standstill,
            Connection connection)
            throws SQLException {
        // Whoever is killed between the two commits finds the halt of before, and does it again: a cursor that is
        // not there, or too far back, is one itself; one of another topic, beside a history of this one, would be
        // that of a republish that was killed.
        boolean isOfAnotherTopic = cursor.map(Cursor::topicId)
                .filter(id -> !id.equals(standstill.identity().topicId()))
                .isPresent();
        Restored restored = Transaction.of(connection, () -> {
            Restored rows = restore(organizationId, cursor, events, standstill.identity(), connection);
            if (isOfAnotherTopic) {
                standstill.write(rows.cursors());
            }
            return rows;
        });
        if (!isOfAnotherTopic) {
            standstill.write(restored.cursors());
        }
        return restored.sentence();
    }

    /** @param cursors none where there is nothing that they could stand at */
    private record Restored(List<Cursor> cursors, String sentence) {}

    private static Restored restore(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Topics.Identity identity,
            Connection connection)
            throws SQLException {
        try (var statement = connection.prepareStatement(RECOVER)) {
            statement.setString(1, organizationId);
            statement.setString(2, cursor.map(Cursor::source).orElse(null));
            statement.setLong(3, cursor.map(Cursor::seq).orElse(0L));
            statement.setLong(4, events.wholeAfter(organizationId));
            statement.setString(5, identity.json());
            try (var row = statement.executeQuery()) {
                row.next();
                var reached = new Cursor(
                        organizationId,
                        row.getString(4),
                        row.getInt(5),
                        row.getLong(2),
                        row.getString(3),
                        identity.topicId(),
                        row.getString(6));
                return new Restored(
                        reached.seq() > 0 ? List.of(reached) : List.of(),
                        sentence(row.getLong(1), reached.seq()) + gone(row.getLong(7)));
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

    /** What the topic has lost besides can only be told to it by the history. */
    private static String gone(long seq) {
        return seq == 0 ? "" : "; row %d is not on the topic: run republish --to a new topic".formatted(seq);
    }
}
