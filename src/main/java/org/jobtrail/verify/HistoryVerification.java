package org.jobtrail.verify;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Recomputes one organization's chain after the other from the stored bytes, and what its history says of each job. Reads in chunks,
 * each a statement of its own: no snapshot is held over a long history, and memory does not grow with it.
 */
final class HistoryVerification {

    private static final int TRIES = 3;

    private final Connection connection;
    private final Scope scope;
    private final NoteVerification notes;
    private final Findings findings;
    private final StoredRows stored;
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
            var proof = new HistoryProof(organizationId, stand, scope, notes, stored);
            long known = notes.notes();
            Range range;
            try {
                range = proof.judge();
            } catch (SQLException e) {
                // What was found before it stays found, unless it was taken away lawfully.
                if (!notes.advance()) {
                    proof.found().forEach(findings::add);
                }
                throw e;
            }
            if (!proof.found().isEmpty() && left > 0 && (notes.advance() || notes.notes() > known)) {
                continue;
            }
            proof.found().forEach(findings::add);
            rows += proof.rows();
            jobs += proof.jobs();
            return range;
        }
    }
}
