package org.jobtrail.verify;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.verify.Finding.Kind;

/**
 * Recomputes one organization's chain from the stored bytes, and what its history says of each job. Reads in chunks, each a
 * statement of its own: no snapshot is held over a long history, and memory does not grow with it.
 */
final class HistoryVerification {

    private static final int TRIES = 3;
    private static final String STATE = """
            select job_type, job_id, snapshot, digest, missing, last_seq
            from jobtrail.job_state where organization_id = ?""";
    private static final String EXTENT = """
            select count(*), coalesce(min(seq), 0), coalesce(max(seq), 0)
            from jobtrail.job_history where organization_id = ?""";
    private static final String IN_TIME = """
            select min(seq) filter (where observed_at >= coalesce(?, '-infinity'::timestamptz)),
                max(seq) filter (where observed_at < coalesce(?, 'infinity'::timestamptz))
            from jobtrail.job_history where organization_id = ?""";

    private final Connection connection;
    private final Scope scope;
    private final NoteVerification notes;
    private final Findings findings;
    private final StoredRows stored;
    private final ChainHash chainHash = new ChainHash();
    private long rows;
    private long jobs;

    HistoryVerification(Connection connection, Scope scope, NoteVerification notes, Findings findings) {
        this.connection = connection;
        this.scope = scope;
        this.notes = notes;
        this.findings = findings;
        this.stored = new StoredRows(connection);
    }

    /** The rows that were verified, from the first to the last; none where the last comes before the first. */
    record Range(long first, long last) {

        long rows() {
            return Math.max(0, last - first + 1);
        }

        boolean holds(long seq) {
            return first <= seq && seq <= last;
        }

        /** With a neighbour on each side: a moment that was edited may lie outside of the time that is asked for. */
        Range within(long least, long most) {
            return new Range(Math.max(least, first - 1), Math.min(most, last + 1));
        }
    }

    private record Head(long seq, byte[] hash) {}

    private record Extent(long rows, long first, long last) {}

    /** What belongs together only within one snapshot; the rows between seal and head never change. */
    private record Stand(Head head, Extent extent, Seal seal, Map<JobKey, Fold.Job> state, List<Finding> found) {}

    long rows() {
        return rows;
    }

    long jobs() {
        return jobs;
    }

    /** What a retention or an erasure takes away meanwhile is no finding: then it is looked at anew. */
    Range verify(String organizationId) throws SQLException, IOException {
        for (int left = TRIES - 1; ; left--) {
            Stand stand = stand(organizationId);
            long rowsBefore = rows;
            long jobsBefore = jobs;
            Range range = judge(organizationId, stand);
            if (!stand.found().isEmpty() && left > 0 && notes.advance()) {
                rows = rowsBefore;
                jobs = jobsBefore;
                continue;
            }
            stand.found().forEach(findings::add);
            return range;
        }
    }

    private Stand stand(String organizationId) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            var found = new ArrayList<Finding>();
            notes.advance();
            return new Stand(
                    head(organizationId),
                    scope.ofAllTime() ? extent(organizationId) : null,
                    notes.seal(organizationId),
                    scope.ofAllTime() ? state(organizationId, found) : Map.of(),
                    found);
        } finally {
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(true);
        }
    }

    private Range judge(String organizationId, Stand stand) throws SQLException, IOException {
        Head head = stand.head();
        if (head == null) {
            found(stand, Kind.GAP_OR_DUPLICATE, "organization %s has rows but no head", organizationId);
            return new Range(1, 0);
        }
        long first = stand.seal().lastSeq() + 1;
        Range range = scope.ofAllTime() ? new Range(first, head.seq()) : inTime(organizationId, first, head.seq());
        var fold = new Fold();
        var erasures = new Erasures(key -> notes.erasures(organizationId, key));
        if (scope.ofAllTime() && !sealedRows(organizationId, stand, fold, erasures)) {
            return range;
        }
        Range widened = range.within(first, head.seq());
        if (widened.rows() > 0 && !chain(organizationId, stand, range, widened, fold, erasures)) {
            return range;
        }
        unexplained(organizationId, stand, erasures, range);
        if (scope.ofAllTime()) {
            compare(organizationId, stand, fold);
            jobs += fold.jobs();
        }
        return range;
    }

    private void compare(String organizationId, Stand stand, Fold fold) {
        Extent extent = stand.extent();
        Head head = stand.head();
        Seal seal = stand.seal();
        Epochs epochs = notes.epochs(organizationId);
        long expected = head.seq() - seal.lastSeq() - epochs.skipped(seal.lastSeq() + 1, head.seq());
        if (extent.rows() != expected
                || (expected > 0
                        && (extent.first() != epochs.next(seal.lastSeq())
                                || extent.last() != epochs.last(head.seq())))) {
            found(
                    stand,
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: %d rows from %d to %d, its head says %d to %d",
                    organizationId,
                    extent.rows(),
                    extent.first(),
                    extent.last(),
                    seal.lastSeq() + 1,
                    head.seq());
        } else if (expected == 0 && !Arrays.equals(seal.lastHash(), head.hash())) {
            found(
                    stand,
                    Kind.CHAIN_BROKEN,
                    "organization %s, row %d: its hash is not the one that the head holds",
                    organizationId,
                    head.seq());
        }
        fold.contradiction(stand.state())
                .ifPresent(text -> found(stand, Kind.STATE_CONTRADICTS, "organization %s: %s", organizationId, text));
    }

    /** Each proves itself by its hash, and all together are those that were there at the seal. */
    private boolean sealedRows(String organizationId, Stand stand, Fold fold, Erasures erasures)
            throws SQLException, IOException {
        Seal seal = stand.seal();
        var digest = new SealedDigest();
        long seq = 0;
        long sealed = 0;
        List<HistoryRow> chunk;
        do {
            chunk = stored.sealed(organizationId, seq);
            for (HistoryRow row : chunk) {
                Finding finding = row.seq() > seal.lastSeq()
                        ? finding(Kind.GAP_OR_DUPLICATE, row, "it lies sealed, and no seal says so")
                        : content(row);
                if (finding != null) {
                    stand.found().add(finding);
                    return false;
                }
                digest.add(row.hash());
                fold(stand, fold, row);
                erasures.add(row);
                seq = row.seq();
                sealed++;
            }
        } while (!chunk.isEmpty());
        if (seal.lastSeq() > 0 && (sealed != seal.jobs() || !Arrays.equals(digest.end(), seal.jobsDigest()))) {
            found(
                    stand,
                    Kind.CHAIN_BROKEN,
                    "organization %s: the sealed rows are not those that its seal at row %d names",
                    organizationId,
                    seal.lastSeq());
            return false;
        }
        return true;
    }

    private boolean chain(String organizationId, Stand stand, Range asked, Range range, Fold fold, Erasures erasures)
            throws SQLException, IOException {
        Epochs epochs = notes.epochs(organizationId);
        long seq = epochs.last(range.first() - 1);
        byte[] hash = seq == stand.seal().lastSeq() ? stand.seal().lastHash() : stored.hash(organizationId, seq);
        if (hash == null) {
            found(stand, Kind.GAP_OR_DUPLICATE, "organization %s: there is no row %d", organizationId, seq);
            return false;
        }
        List<HistoryRow> chunk;
        do {
            chunk = stored.rows(organizationId, seq, range.last());
            for (HistoryRow row : chunk) {
                Finding finding = wrong(row, epochs.next(seq), hash);
                if (finding != null) {
                    stand.found().add(finding);
                    return false;
                }
                if (scope.ofAllTime()) {
                    fold(stand, fold, row);
                }
                erasures.add(row);
                seq = row.seq();
                hash = row.hash();
                rows += asked.holds(seq) ? 1 : 0;
            }
        } while (!chunk.isEmpty());
        if (seq != epochs.last(range.last())) {
            found(
                    stand,
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: the history ends at row %d, its head says %d",
                    organizationId,
                    seq,
                    stand.head().seq());
            return false;
        }
        if (seq == epochs.last(stand.head().seq())
                && !Arrays.equals(hash, stand.head().hash())) {
            found(
                    stand,
                    Kind.CHAIN_BROKEN,
                    "organization %s, row %d: its hash is not the one that the head holds",
                    organizationId,
                    seq);
            return false;
        }
        return true;
    }

    private void fold(Stand stand, Fold fold, HistoryRow row) throws IOException {
        try {
            fold.add(row);
        } catch (JacksonException | IllegalStateException e) {
            stand.found().add(finding(Kind.STATE_CONTRADICTS, row, "its payload is no JSON"));
        }
    }

    private Finding wrong(HistoryRow row, long next, byte[] hashBefore) {
        if (row.seq() != next) {
            return finding(Kind.GAP_OR_DUPLICATE, row, "row %d should be next".formatted(next));
        }
        if (!Arrays.equals(row.prevHash(), hashBefore)) {
            return finding(Kind.CHAIN_BROKEN, row, "it does not follow from the row before");
        }
        return content(row);
    }

    private Finding content(HistoryRow row) {
        if (!Arrays.equals(row.hash(), chainHash.of(row)) || !row.tellsItsFields()) {
            return finding(Kind.CHAIN_BROKEN, row, "its columns are not those that were hashed");
        }
        if (row.isBlank()) {
            return null;
        }
        if (!Arrays.equals(row.payloadDigest(), chainHash.salted(row.salt(), row.payload()))) {
            return finding(Kind.CHAIN_BROKEN, row, "its payload is not the one that was hashed");
        }
        boolean restored = row.raw() == null && notes.isRestored(row.organizationId(), row.seq());
        if (!restored && !Arrays.equals(row.rawDigest(), chainHash.salted(row.salt(), row.raw()))) {
            return finding(Kind.CHAIN_BROKEN, row, "its raw text is not the one that was hashed");
        }
        return null;
    }

    /** A content may be gone only where a later row of the job, and a note, say that it was erased. */
    private static void unexplained(String organizationId, Stand stand, Erasures erasures, Range range) {
        erasures.unexplained(range.last())
                .forEach((job, blank) -> found(
                        stand,
                        Kind.CHAIN_BROKEN,
                        "organization %s, row %d: its payload is gone, and nothing says that %s job %s was erased",
                        organizationId,
                        blank.first(),
                        job.type(),
                        job.id()));
    }

    private Range inTime(String organizationId, long first, long head) throws SQLException {
        try (var statement = connection.prepareStatement(IN_TIME)) {
            statement.setTimestamp(1, timestamp(scope.from()));
            statement.setTimestamp(2, timestamp(scope.to()));
            statement.setString(3, organizationId);
            try (var row = statement.executeQuery()) {
                row.next();
                long from = row.getLong(1);
                long begin = row.wasNull() ? head + 1 : from;
                long to = row.getLong(2);
                return new Range(begin, row.wasNull() ? first - 1 : to);
            }
        }
    }

    private static Timestamp timestamp(Optional<Instant> moment) {
        return moment.map(Timestamp::from).orElse(null);
    }

    private static Finding finding(Kind kind, HistoryRow row, String text) {
        return new Finding(kind, "organization %s, row %d: %s".formatted(row.organizationId(), row.seq(), text));
    }

    private static void found(Stand stand, Kind kind, String text, Object... arguments) {
        stand.found().add(new Finding(kind, text.formatted(arguments)));
    }

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

    private Map<JobKey, Fold.Job> state(String organizationId, List<Finding> found) throws SQLException {
        try (var statement = connection.prepareStatement(STATE)) {
            statement.setString(1, organizationId);
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
