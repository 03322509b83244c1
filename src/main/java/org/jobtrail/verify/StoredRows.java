package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jobtrail.verify.HistoryVerification.Range;

/** The rows of one organization in chunks, each a statement of its own. */
final class StoredRows {

    private static final int AHEAD = 50;
    private static final String ROWS = "select " + HistoryRow.COLUMNS
            + " from jobtrail.job_history where organization_id = ? and seq > ? and seq <= ? order by seq"
            + Chunk.LIMIT;
    private static final String SEALED = "select " + HistoryRow.COLUMNS
            + " from jobtrail.sealed_row where organization_id = ? and seq > ? order by seq" + Chunk.LIMIT;

    private static final String IN_TIME = """
            select min(seq) filter (where observed_at >= coalesce(?, '-infinity'::timestamptz)),
                max(seq) filter (where observed_at < coalesce(?, 'infinity'::timestamptz))
            from jobtrail.job_history where organization_id = ?""";

    private final Connection connection;

    StoredRows(Connection connection) {
        this.connection = connection;
    }

    /** None where there are no more. */
    List<HistoryRow> rows(String organizationId, long after, long last) throws SQLException {
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            statement.setLong(3, last);
            return Chunk.read(statement, AHEAD, HistoryRow::of, HistoryRow::size);
        }
    }

    /** The last row of each job among those that a retention removed. */
    List<HistoryRow> sealed(String organizationId, long after) throws SQLException {
        try (var statement = connection.prepareStatement(SEALED)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            return Chunk.read(statement, AHEAD, HistoryRow::of, HistoryRow::size);
        }
    }

    /** Where the history ends by now; 0 where it has no head any more. */
    long lastSeq(String organizationId) throws SQLException {
        Stand.Head head = Stand.head(connection, organizationId);
        return head == null ? 0 : head.seq();
    }

    /** Null where there is no such row. */
    byte[] hash(String organizationId, long seq) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select hash from jobtrail.job_history where organization_id = ? and seq = ?")) {
            statement.setString(1, organizationId);
            statement.setLong(2, seq);
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getBytes(1) : null;
            }
        }
    }

    /** Those of all rows that were observed in the time of the scope. */
    Range inTime(String organizationId, Scope scope, Range all) throws SQLException {
        try (var statement = connection.prepareStatement(IN_TIME)) {
            statement.setTimestamp(1, timestamp(scope.from()));
            statement.setTimestamp(2, timestamp(scope.to()));
            statement.setString(3, organizationId);
            try (var row = statement.executeQuery()) {
                row.next();
                long from = row.getLong(1);
                long begin = row.wasNull() ? all.last() + 1 : from;
                long to = row.getLong(2);
                return new Range(begin, row.wasNull() ? all.first() - 1 : to);
            }
        }
    }

    private static Timestamp timestamp(Optional<Instant> moment) {
        return moment.map(Timestamp::from).orElse(null);
    }
}
