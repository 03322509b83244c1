package org.jobtrail.verify;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.verify.Finding.Kind;

/**
 * Recomputes one organization's chain from the stored bytes, and what its history says of each job. Reads in chunks, each a
 * statement of its own: no snapshot is held over a long history, and memory does not grow with it.
 */
final class HistoryVerification {

    private static final int CHUNK = 1_000;
    private static final String ROWS = "select " + HistoryRow.COLUMNS
            + " from jobtrail.job_history where organization_id = ? and seq > ? and seq <= ? order by seq limit "
            + CHUNK;
    private static final String STATE = """
            select job_type, job_id, snapshot, digest, missing, last_seq
            from jobtrail.job_state where organization_id = ?""";
    private static final String EXTENT = """
            select count(*), coalesce(min(seq), 1), coalesce(max(seq), 0)
            from jobtrail.job_history where organization_id = ?""";

    private final Connection connection;
    private final Consumer<Finding> findings;
    private final ChainHash chainHash = new ChainHash();
    private long rows;
    private long jobs;

    HistoryVerification(Connection connection, Consumer<Finding> findings) {
        this.connection = connection;
        this.findings = findings;
    }

    long rows() {
        return rows;
    }

    long jobs() {
        return jobs;
    }

    /** Head and state belong together only within one snapshot; the rows up to the head never change. */
    void verify(String organizationId) throws SQLException, IOException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Head head = head(organizationId);
        Extent extent = extent(organizationId);
        Map<JobKey, Fold.Job> state = state(organizationId);
        connection.commit();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
        if (head == null) {
            findings.accept(new Finding(
                    Kind.GAP_OR_DUPLICATE, "organization %s has rows but no head".formatted(organizationId)));
            return;
        }
        var fold = new Fold();
        if (chain(organizationId, head, fold)) {
            if (extent.first() != 1 || extent.last() != head.seq() || extent.rows() != head.seq()) {
                findings.accept(new Finding(
                        Kind.GAP_OR_DUPLICATE,
                        "organization %s: %d rows from %d to %d, its head says 1 to %d"
                                .formatted(organizationId, extent.rows(), extent.first(), extent.last(), head.seq())));
            }
            fold.contradiction(state)
                    .ifPresent(text -> findings.accept(new Finding(
                            Kind.STATE_CONTRADICTS, "organization %s: %s".formatted(organizationId, text))));
        }
        jobs += fold.jobs();
    }

    private boolean chain(String organizationId, Head head, Fold fold) throws SQLException, IOException {
        long seq = 0;
        byte[] hash = ChainHash.FIRST;
        List<HistoryRow> chunk;
        do {
            chunk = chunk(organizationId, seq, head.seq());
            for (HistoryRow row : chunk) {
                Finding finding = wrong(row, seq, hash);
                if (finding != null) {
                    findings.accept(finding);
                    return false;
                }
                fold.add(row);
                seq = row.seq();
                hash = row.hash();
                rows++;
            }
        } while (chunk.size() == CHUNK);
        if (seq != head.seq()) {
            findings.accept(new Finding(
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: the history ends at row %d, its head says %d"
                            .formatted(organizationId, seq, head.seq())));
            return false;
        }
        if (!Arrays.equals(hash, head.hash())) {
            findings.accept(new Finding(
                    Kind.CHAIN_BROKEN,
                    "organization %s, row %d: its hash is not the one that the head holds"
                            .formatted(organizationId, seq)));
            return false;
        }
        return true;
    }

    private Finding wrong(HistoryRow row, long seqBefore, byte[] hashBefore) {
        String where = "organization %s, row %d: ".formatted(row.organizationId(), row.seq());
        if (row.seq() != seqBefore + 1) {
            return new Finding(Kind.GAP_OR_DUPLICATE, where + "row %d should be next".formatted(seqBefore + 1));
        }
        if (!Arrays.equals(row.prevHash(), hashBefore)) {
            return new Finding(Kind.CHAIN_BROKEN, where + "it does not follow from the row before");
        }
        if (!Arrays.equals(row.hash(), chainHash.of(row))) {
            return new Finding(Kind.CHAIN_BROKEN, where + "its columns are not those that were hashed");
        }
        if (!Arrays.equals(row.payloadDigest(), chainHash.salted(row.salt(), row.payload()))) {
            return new Finding(Kind.CHAIN_BROKEN, where + "its payload is not the one that was hashed");
        }
        if (!Arrays.equals(row.rawDigest(), chainHash.salted(row.salt(), row.raw()))) {
            return new Finding(Kind.CHAIN_BROKEN, where + "its raw text is not the one that was hashed");
        }
        return null;
    }

    private List<HistoryRow> chunk(String organizationId, long after, long last) throws SQLException {
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, organizationId);
            statement.setLong(2, after);
            statement.setLong(3, last);
            var chunk = new ArrayList<HistoryRow>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    chunk.add(HistoryRow.of(row));
                }
            }
            return chunk;
        }
    }

    private record Head(long seq, byte[] hash) {}

    private record Extent(long rows, long first, long last) {}

    private Extent extent(String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(EXTENT)) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                row.next();
                return new Extent(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    private Head head(String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select last_seq, last_hash from jobtrail.organization_head where organization_id = ?")) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                return row.next() ? new Head(row.getLong(1), row.getBytes(2)) : null;
            }
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

    private Map<JobKey, Fold.Job> state(String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(STATE)) {
            statement.setString(1, organizationId);
            var state = new HashMap<JobKey, Fold.Job>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var key = new JobKey(row.getString(1), row.getString(2));
                    String snapshot = row.getString(3);
                    if (!Arrays.equals(
                            row.getBytes(4), JobSnapshot.parse(snapshot).digest())) {
                        findings.accept(new Finding(
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
}
