package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jobtrail.kafka.KeyPartition;

/** Judges the rows that were not found on the topic, some at a time: where their events would be, only the history tells. */
final class AbsentRows {

    private static final int SOME = 1_000;
    private static final String JOBS =
            "select seq, job_id from jobtrail.job_history where organization_id = ? and seq = any (?)";
    private static final String PARTITIONS = "select partitions from jobtrail.publication where organization_id = ?";

    private final Connection connection;
    private final NoteVerification notes;
    private final Beginnings beginnings;
    private final int partitions;

    /** @param partitions of the topic as it is now */
    AbsentRows(Connection connection, NoteVerification notes, Beginnings beginnings, int partitions) {
        this.connection = connection;
        this.notes = notes;
        this.beginnings = beginnings;
        this.partitions = partitions;
    }

    /** @param first the first of them; of no account where there are none */
    record Unexplained(long rows, long first) {

        static final Unexplained NONE = new Unexplained(0, 0);

        private Unexplained and(long seq) {
            return new Unexplained(rows + 1, rows == 0 ? seq : Math.min(first, seq));
        }
    }

    /** Those from one to another that nothing explains: neither the topic's retention nor what is excused. */
    Unexplained unexplained(String organizationId, Published found, long from, long to, LongPredicate excused)
            throws SQLException {
        if (beginnings.isWhole()) {
            return all(found, from, to, excused);
        }
        // Publishing has begun with these: what the topic has got since changes no job's partition.
        int published = partitions(organizationId);
        long explained = beginnings.explainedUpTo(organizationId, published);
        if (explained >= to) {
            return Unexplained.NONE;
        }
        Unexplained unexplained = Unexplained.NONE;
        var some = new ArrayList<Long>(SOME);
        long seq = found.nextMissing(Math.max(from, explained + 1), to);
        while (seq <= to) {
            if (!excused.test(seq)) {
                some.add(seq);
            }
            if (some.size() == SOME) {
                unexplained = judge(organizationId, some, published, unexplained);
                some.clear();
            }
            seq = found.nextMissing(seq + 1, to);
        }
        return judge(organizationId, some, published, unexplained);
    }

    /** However many there are: their partitions are of no account. */
    private static Unexplained all(Published found, long from, long to, LongPredicate excused) {
        long missing = found.missing(from, to, excused);
        if (missing == 0) {
            return Unexplained.NONE;
        }
        long first = found.nextMissing(from, to);
        while (excused.test(first)) {
            first = found.nextMissing(first + 1, to);
        }
        return new Unexplained(missing, first);
    }

    private Unexplained judge(String organizationId, List<Long> some, int published, Unexplained before)
            throws SQLException {
        Unexplained unexplained = before;
        Map<Long, String> jobs = some.isEmpty() ? Map.of() : jobs(organizationId, some);
        if (jobs.size() < some.size()) {
            // They may have been sealed in this moment.
            notes.advance();
        }
        for (long seq : some) {
            String job = jobs.get(seq);
            boolean explained = job == null
                    ? seq <= notes.seal(organizationId).lastSeq() || beginnings.explains(organizationId, seq)
                    : beginnings.explains(organizationId, KeyPartition.of(organizationId + "/" + job, published), seq);
            unexplained = explained ? unexplained : unexplained.and(seq);
        }
        return unexplained;
    }

    private Map<Long, String> jobs(String organizationId, List<Long> some) throws SQLException {
        try (var statement = connection.prepareStatement(JOBS)) {
            statement.setString(1, organizationId);
            statement.setArray(2, connection.createArrayOf("bigint", some.toArray()));
            var jobs = new HashMap<Long, String>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    jobs.put(row.getLong(1), row.getString(2));
                }
            }
            return jobs;
        }
    }

    /** An older program did not note them. */
    private int partitions(String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(PARTITIONS)) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                int noted = row.next() ? row.getInt(1) : 0;
                return noted > 0 ? noted : partitions;
            }
        }
    }
}
