package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.text.OneLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what PostgreSQL and Kafka know of each other, organization by organization, and halts whoever disagrees: acknowledged
 * (PostgreSQL), cursor (Kafka), head (PostgreSQL) must follow each other, on the cluster and the topics that were published to before, and
 * the events topic must not end before it did.
 */
public final class Comparison {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    private static final String RECONCILE =
            "select organization_id, halted_by, halted from jobtrail.reconcile_publication(?::json, ?::json, ?::json)";

    private Comparison() {}

    /** Why nothing more is published of an organization: by one word, and in a sentence with what to do. */
    public record Halt(String organizationId, String by, String reason) {

        /** Kafka is ahead of the history, which has lost rows. */
        public static final String DATABASE_SET_BACK = "database-set-back";

        /** History and topic say something else under the same number. */
        public static final String HISTORIES_DIFFER = "histories-differ";

        void warn() {
            LOG.warn(
                    "nothing more is published of organization {}: {}", OneLine.of(organizationId), OneLine.of(reason));
        }
    }

    /** @param ends where the events topic ends now */
    public static List<Halt> of(
            Connection connection, Collection<Cursor> cursors, Topics.Identity identity, TopicEnds ends)
            throws SQLException {
        try (var statement = connection.prepareStatement(RECONCILE)) {
            statement.setString(1, Cursor.json(cursors));
            statement.setString(2, identity.json());
            statement.setString(3, ends.json());
            var halts = new ArrayList<Halt>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    halts.add(new Halt(row.getString(1), row.getString(2), row.getString(3)));
                }
            }
            return halts;
        }
    }

    /** As {@link #of}, on a connection of the caller's own, and nothing of it stays. */
    public static List<Halt> rehearsed(
            Connection connection, Collection<Cursor> cursors, Topics.Identity identity, TopicEnds ends)
            throws SQLException {
        connection.setAutoCommit(false);
        List<Halt> halts = of(connection, cursors, identity, ends);
        connection.rollback();
        return halts;
    }

    /** From now on organizations can be claimed, but for those that were halted. */
    static void note(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("select jobtrail.compared()")) {
            statement.execute();
        }
    }
}
