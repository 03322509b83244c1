package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jobtrail.verify.HistoryVerification.Range;

/** The rows of one organization in chunks, each a statement of its own, and the smaller the larger the rows have been. */
final class StoredRows {

    private static final int FEWEST = 10;
    private static final int MOST = 1_000;
    private static final long CHARACTERS = 8_000_000;
    private static final String ROWS = "select " + HistoryRow.COLUMNS
            + " from jobtrail.job_history where organization_id = ? and seq > ? and seq <= ? order by seq limit ?";
    private static final String SEALED = "select " + HistoryRow.COLUMNS
            + " from jobtrail.sealed_row where organization_id = ? and seq > ? order by seq limit ?";

    private static final String IN_TIME = """
            select min(seq) filter (where observed_at >= coalesce(?, '-infinity'::timestamptz)),
                max(seq) filter (where observed_at < coalesce(?, 'infinity'::timestamptz))
            from jobtrail.job_history where organization_id = ?""";

    private final Connection connection;
    private int limit = FEWEST * FEWEST;

    StoredRows(Connection connection) {
        this.connection = connection;
    }

    /** None where there are no more. */
    List<HistoryRow> rows(String organizationId, long after, long last) throws SQLException {
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            statement.setLong(3, last);
            statement.setInt(4, limit);
            return read(statement);
        }
    }

    /** The last row of each job among those that a retention removed. */
    List<HistoryRow> sealed(String organizationId, long after) throws SQLException {
        try (var statement = connection.prepareStatement(SEALED)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            statement.setInt(3, limit);
            return read(statement);
        }
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

    private List<HistoryRow> read(PreparedStatement statement) throws SQLException {
        var rows = new ArrayList<HistoryRow>();
        long characters = 1;
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                HistoryRow read = HistoryRow.of(row);
                characters += read.size();
                rows.add(read);
            }
        }
        if (!rows.isEmpty()) {
            limit = (int) Math.max(FEWEST, Math.min(MOST, rows.size() * CHARACTERS / characters));
        }
        return rows;
    }
}
