package org.jobtrail.verify;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jobtrail.verify.Finding.Kind;

/**
 * Recomputes one organization's chain from the stored bytes, and what its history says of each job. Reads in chunks, each a
 * statement of its own: no snapshot is held over a long history, and memory does not grow with it.
 */
final class HistoryVerification {

    private static final int TRIES = 3;
    private static final String IN_TIME = """
            select min(seq) filter (where observed_at >= coalesce(?, '-infinity'::timestamptz)),
                max(seq) filter (where observed_at < coalesce(?, 'infinity'::timestamptz))
            from jobtrail.job_history where organization_id = ?""";

    private final Connection connection;
    private final Scope scope;
    private final NoteVerification notes;
    private final Findings findings;
    private final StoredRows stored;
    private final RowProof proof;
    private long rows;
    private long jobs;

    HistoryVerification(Connection connection, Scope scope, NoteVerification notes, Findings findings) {
        this.connection = connection;
        this.scope = scope;
        this.notes = notes;
        this.findings = findings;
        this.stored = new StoredRows(connection);
        this.proof = new RowProof(notes);
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

    long rows() {
        return rows;
    }

    long jobs() {
        return jobs;
    }

    /** What a retention or an erasure takes away meanwhile is no finding: then it is looked at anew. */
    Range verify(String organizationId) throws SQLException, IOException {
        for (int left = TRIES - 1; ; left--) {
            Stand stand = Stand.read(connection, scope, notes, organizationId);
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

    private Range judge(String organizationId, Stand stand) throws SQLException, IOException {
        Stand.Head head = stand.head();
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
        Stand.Extent extent = stand.extent();
        Stand.Head head = stand.head();
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
                        ? RowProof.finding(Kind.GAP_OR_DUPLICATE, row, "it lies sealed, and no seal says so")
                        : proof.ofContent(row);
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
        HistoryRow last = null;
        do {
            chunk = stored.rows(organizationId, seq, range.last());
            for (HistoryRow row : chunk) {
                Finding finding = proof.of(row, epochs.next(seq), hash);
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
                last = row;
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
        if (last != null
                && seq == epochs.last(stand.head().seq())
                && !stand.head().continues(last, epochs)) {
            found(
                    stand,
                    Kind.STATE_CONTRADICTS,
                    "organization %s: its head says source %s and epoch %d, its last row %s and %d",
                    organizationId,
                    stand.head().source(),
                    stand.head().epoch(),
                    last.source(),
                    last.epoch());
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
            stand.found().add(RowProof.finding(Kind.STATE_CONTRADICTS, row, "its payload is no JSON"));
        }
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

    private static void found(Stand stand, Kind kind, String text, Object... arguments) {
        stand.found().add(new Finding(kind, text.formatted(arguments)));
    }
}
