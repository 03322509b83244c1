package org.jobtrail.verify;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jobtrail.transform.JobKey;
import org.jobtrail.verify.Finding.Kind;
import org.jobtrail.verify.HistoryVerification.Range;

/** One look at one organization's history: from its sealed rows, row by row, to what its head and its state say. Judges once. */
final class HistoryProof {

    private final String organizationId;
    private final Stand stand;
    private final Scope scope;
    private final NoteVerification notes;
    private final StoredRows stored;
    private final RowProof proof;
    private final Epochs epochs;
    private final Erasures erasures;
    private final Fold fold;
    private final List<Finding> found = new ArrayList<>();
    private long rows;
    private long jobs;

    HistoryProof(String organizationId, Stand stand, Scope scope, NoteVerification notes, StoredRows stored) {
        this.organizationId = organizationId;
        this.stand = stand;
        this.scope = scope;
        this.notes = notes;
        this.stored = stored;
        this.proof = new RowProof(notes);
        this.epochs = notes.epochs(organizationId);
        this.fold = new Fold(stand.state());
        this.erasures = new Erasures(key -> notes.erasures(organizationId, key));
    }

    /** What is wrong. */
    List<Finding> found() {
        return found;
    }

    /** How many rows of those that were asked for proved themselves. */
    long rows() {
        return rows;
    }

    /** How many jobs the state was compared with; none where only a range is verified. */
    long jobs() {
        return jobs;
    }

    Range judge() throws SQLException, IOException {
        Stand.Head head = stand.head();
        if (head == null) {
            found(
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s has %s, but no head",
                    organizationId,
                    stand.seal().lastSeq() > 0 ? "a seal at row " + stand.seal().lastSeq() : "rows");
            return new Range(1, 0);
        }
        long first = stand.seal().lastSeq() + 1;
        Range range = scope.ofAllTime()
                ? new Range(first, head.seq())
                : stored.inTime(organizationId, scope, new Range(first, head.seq()));
        if (scope.ofAllTime() && !sealedRowsHold()) {
            return range;
        }
        Range widened = range.within(first, head.seq());
        if (widened.rows() > 0 && !chainHolds(range, widened)) {
            return range;
        }
        Set<JobKey> erasedMeanwhile = lookForUnexplained(range);
        if (scope.ofAllTime()) {
            compareWithHead();
            compareWithState(erasedMeanwhile);
        }
        return range;
    }

    /** Each proves itself by its hash, and all together are those that were there at the seal. */
    private boolean sealedRowsHold() throws SQLException, IOException {
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
                    found.add(finding);
                    return false;
                }
                digest.add(row.hash());
                fold(row);
                erasures.add(row);
                seq = row.seq();
                sealed++;
            }
        } while (!chunk.isEmpty());
        if (seal.lastSeq() > 0 && (sealed != seal.jobs() || !Arrays.equals(digest.end(), seal.jobsDigest()))) {
            found(
                    Kind.CHAIN_BROKEN,
                    "organization %s: the sealed rows are not those that its seal at row %d names",
                    organizationId,
                    seal.lastSeq());
            return false;
        }
        return true;
    }

    private boolean chainHolds(Range asked, Range range) throws SQLException, IOException {
        long seq = epochs.last(range.first() - 1);
        byte[] hash = seq == stand.seal().lastSeq() ? stand.seal().lastHash() : stored.hash(organizationId, seq);
        if (hash == null) {
            found(Kind.GAP_OR_DUPLICATE, "organization %s: there is no row %d", organizationId, seq);
            return false;
        }
        List<HistoryRow> chunk;
        HistoryRow last = null;
        do {
            chunk = stored.rows(organizationId, seq, range.last());
            for (HistoryRow row : chunk) {
                Finding finding = proof.of(row, epochs.next(seq), hash);
                if (finding != null) {
                    found.add(finding);
                    return false;
                }
                if (scope.ofAllTime()) {
                    fold(row);
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
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: the history ends at row %d, its head says %d",
                    organizationId,
                    seq,
                    stand.head().seq());
            return false;
        }
        return seq != epochs.last(stand.head().seq()) || headHolds(last, seq, hash);
    }

    /** @param last null where no row was read */
    private boolean headHolds(HistoryRow last, long seq, byte[] hash) {
        Stand.Head head = stand.head();
        if (last != null && !head.continues(last, epochs)) {
            found(
                    Kind.STATE_CONTRADICTS,
                    "organization %s: its head says source %s and epoch %d, its last row %s and %d",
                    organizationId,
                    head.source(),
                    head.epoch(),
                    last.source(),
                    last.epoch());
        }
        return hashIsTheHeads(hash, seq);
    }

    private boolean hashIsTheHeads(byte[] hash, long seq) {
        if (Arrays.equals(hash, stand.head().hash())) {
            return true;
        }
        found(
                Kind.CHAIN_BROKEN,
                "organization %s, row %d: its hash is not the one that the head holds",
                organizationId,
                seq);
        return false;
    }

    private void compareWithHead() {
        Stand.Extent extent = stand.extent();
        Stand.Head head = stand.head();
        Seal seal = stand.seal();
        long expected = head.seq() - seal.lastSeq() - epochs.skipped(seal.lastSeq() + 1, head.seq());
        if (extent.rows() != expected
                || (expected > 0
                        && (extent.first() != epochs.next(seal.lastSeq())
                                || extent.last() != epochs.last(head.seq())))) {
            found(
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: %d rows from %d to %d, its head says %d to %d",
                    organizationId,
                    extent.rows(),
                    extent.first(),
                    extent.last(),
                    seal.lastSeq() + 1,
                    head.seq());
        } else if (expected == 0) {
            hashIsTheHeads(seal.lastHash(), head.seq());
        }
    }

    /** What was read of a job that was erased meanwhile is of before and of afterwards. */
    private void compareWithState(Set<JobKey> erasedMeanwhile) {
        fold.contradiction(erasedMeanwhile)
                .ifPresent(text -> found(Kind.STATE_CONTRADICTS, "organization %s: %s", organizationId, text));
        jobs = fold.jobs();
    }

    private void fold(HistoryRow row) throws IOException {
        try {
            fold.add(row);
        } catch (JacksonException | IllegalStateException e) {
            found.add(RowProof.finding(Kind.STATE_CONTRADICTS, row, "its payload is no JSON"));
        }
    }

    /**
     * A content may be gone only where a later row of the job, and a note, say that it was erased. Jobs are erased one by one: where that
     * goes on while the history is read, who looked at all of it anew would find the next one gone, every time.
     *
     * @return the jobs of which rows say so that have come since
     */
    private Set<JobKey> lookForUnexplained(Range range) throws SQLException {
        Map<JobKey, Erasures.Blank> blank =
                erasures.unexplained(range.last(), stand.head().seq());
        Map<JobKey, Erasures.Blank> unexplained = blank.isEmpty() || !notes.advance()
                ? blank
                : erasures.unexplained(range.last(), stored.lastSeq(organizationId));
        unexplained.forEach((job, rows) -> found(
                Kind.CHAIN_BROKEN,
                "organization %s, row %d: its payload is gone, and nothing says that %s job %s was erased",
                organizationId,
                rows.first(),
                job.type(),
                job.id()));
        var meanwhile = new HashSet<>(blank.keySet());
        meanwhile.removeAll(unexplained.keySet());
        return meanwhile;
    }

    private void found(Kind kind, String text, Object... arguments) {
        found.add(new Finding(kind, text.formatted(arguments)));
    }
}
