package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.verify.Finding.Kind;

/**
 * What of an organization belongs together only within one snapshot; the rows between seal and head never change.
 *
 * @param head null where there is none
 * @param extent null where only a range is verified
 * @param found what is wrong, here or with the rows
 */
record Stand(Head head, Extent extent, Seal seal, Map<JobKey, Fold.Job> state, List<Finding> found) {

    private static final String HEAD =
            "select last_seq, last_hash, source, epoch from jobtrail.organization_head where organization_id = ?";
    private static final String EXTENT = """
            select count(*), coalesce(min(seq), 0), coalesce(max(seq), 0)
            from jobtrail.job_history where organization_id = ?""";
    private static final String STATE = """
            select job_type, job_id, snapshot, digest, missing, last_seq
            from jobtrail.job_state where organization_id = ?""";

    private static final int SOME = 200;

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
            var found = new ArrayList<Finding>();
            notes.advance();
            return new Stand(
                    head(connection, organizationId),
                    scope.ofAllTime() ? extent(connection, organizationId) : null,
                    notes.seal(organizationId),
                    scope.ofAllTime() ? state(connection, organizationId, found) : Map.of(),
                    found);
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

    private static Map<JobKey, Fold.Job> state(Connection connection, String organizationId, List<Finding> found)
            throws SQLException {
        try (var statement = connection.prepareStatement(STATE)) {
            statement.setString(1, organizationId);
            // All snapshots of a large organization would be in memory at once.
            statement.setFetchSize(SOME);
            var state = new HashMap<JobKey, Fold.Job>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var key = new JobKey(row.getString(1), row.getString(2));
                    String snapshot = row.getString(3);
                    if (!isDigestOf(row.getBytes(4), snapshot)) {
                        found.add(new Finding(
                                Kind.STATE_CONTRADICTS,
                                "organization %s: the digest of %s job %s is not that of its snapshot"
                                        .formatted(organizationId, key.type(), key.id())));
                    }
                    state.put(key, new Fold.Job(Fold.digest(snapshot), row.getBoolean(5), row.getLong(6)));
                }
            }
            return state;
        }
    }

    private static boolean isDigestOf(byte[] digest, String snapshot) {
        try {
            return Arrays.equals(digest, JobSnapshot.parse(snapshot).digest());
        } catch (RuntimeException e) {
            // Whoever edited it left something that is no snapshot at all.
            return false;
        }
    }
}
