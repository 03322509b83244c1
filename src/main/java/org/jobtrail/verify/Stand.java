package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.transform.JobKey;

/**
 * What of an organization belongs together only within one snapshot; the rows between seal and head never change.
 *
 * @param head null where there is none
 * @param extent null where only a range is verified
 */
record Stand(Head head, Extent extent, Seal seal, Map<JobKey, Fold.Job> state) {

    private static final String HEAD =
            "select last_seq, last_hash, source, epoch from jobtrail.organization_head where organization_id = ?";
    private static final String EXTENT = """
            select count(*), coalesce(min(seq), 0), coalesce(max(seq), 0)
            from jobtrail.job_history where organization_id = ?""";
    private static final String STATE = """
            select job_type, job_id, encode(digest, 'hex'), missing, last_seq
            from jobtrail.known_job where organization_id = ?""";

    private static final int SOME = 1_000;

    /** Where the history ends, and what the next row will say. */
    record Head(long seq, byte[] hash, String source, int epoch) {

        /** An epoch that has begun may have no row yet. */
        boolean continues(HistoryRow last, Epochs epochs) {
            return source.equals(last.source())
                    && (epoch == last.epoch() || epoch > last.epoch() && epochs.isBegunAfter(last.seq()));
        }
    }

    /** How many rows there are, and between which numbers. */
    record Extent(long rows, long first, long last) {}

    static Stand read(Connection connection, Scope scope, NoteVerification notes, String organizationId)
            throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            notes.advance();
            return new Stand(
                    head(connection, organizationId),
                    scope.ofAllTime() ? extent(connection, organizationId) : null,
                    notes.seal(organizationId),
                    scope.ofAllTime() ? state(connection, organizationId) : Map.of());
        } finally {
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(true);
        }
    }

    static Head head(Connection connection, String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(HEAD)) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                return row.next() ? new Head(row.getLong(1), row.getBytes(2), row.getString(3), row.getInt(4)) : null;
            }
        }
    }

    private static Extent extent(Connection connection, String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(EXTENT)) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                row.next();
                return new Extent(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    private static Map<JobKey, Fold.Job> state(Connection connection, String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(STATE)) {
            statement.setString(1, organizationId);
            statement.setFetchSize(SOME);
            var state = new HashMap<JobKey, Fold.Job>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    state.put(
                            new JobKey(row.getString(1), row.getString(2)),
                            new Fold.Job(row.getString(3), row.getBoolean(4), row.getLong(5)));
                }
            }
            return state;
        }
    }
}
