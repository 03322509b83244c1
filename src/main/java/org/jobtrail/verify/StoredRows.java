package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of one organization in chunks, each a statement of its own. */
final class StoredRows {

    static final int CHUNK = 1_000;
    private static final String ROWS = "select " + HistoryRow.COLUMNS
            + " from jobtrail.job_history where organization_id = ? and seq > ? and seq <= ? order by seq limit "
            + CHUNK;
    private static final String SEALED = "select " + HistoryRow.COLUMNS
            + " from jobtrail.sealed_row where organization_id = ? and seq > ? order by seq limit " + CHUNK;

    private final Connection connection;

    StoredRows(Connection connection) {
        this.connection = connection;
    }

    List<HistoryRow> rows(String organizationId, long after, long last) throws SQLException {
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            statement.setLong(3, last);
            return read(statement);
        }
    }

    /** The last row of each job among those that a retention removed. */
    List<HistoryRow> sealed(String organizationId, long after) throws SQLException {
        try (var statement = connection.prepareStatement(SEALED)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
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

    private static List<HistoryRow> read(PreparedStatement statement) throws SQLException {
        var rows = new ArrayList<HistoryRow>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(HistoryRow.of(row));
            }
        }
        return rows;
    }
}
