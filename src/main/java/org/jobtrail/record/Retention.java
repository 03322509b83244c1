package org.jobtrail.record;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;

/** Removes old rows, one organization after the other; what was there is sealed by the database in the same transaction. */
public final class Retention implements AutoCloseable {

    private final Connection connection;

    /**
     * What of an organization's history is removed: nothing where {@code last} is before {@code first}.
     *
     * @param jobs of which the last row is kept; none where nothing was removed
     * @param waiting how many more rows are old enough
     * @param reason why they have to wait
     */
    public record Range(long first, long last, long jobs, long waiting, String reason) {
        public long rows() {
            return last - first + 1;
        }
    }

    public Retention(Database database) throws SQLException {
        this.connection = database.connectWithoutTimeout(Role.RETENTION);
    }

    public List<String> organizations() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select organization_id from jobtrail.organization_head order by organization_id")) {
            var organizations = new ArrayList<String>();
            while (row.next()) {
                organizations.add(row.getString(1));
            }
            return organizations;
        }
    }

    /** What {@link #retain} would remove. */
    public Range retainable(String organizationId, Instant before) throws SQLException {
        return range(
                "select first_seq, last_seq, 0::bigint as jobs, uncovered, reason from jobtrail.retainable(?, ?)",
                organizationId,
                before);
    }

    public Range retain(String organizationId, Instant before) throws SQLException {
        return retain(organizationId, before, Long.MAX_VALUE);
    }

    /** @param upTo the last row that may be removed, whatever has come to be old enough meanwhile */
    public Range retain(String organizationId, Instant before, long upTo) throws SQLException {
        return range(
                "select first_seq, last_seq, jobs, uncovered, reason from jobtrail.retain(?, ?, %d)".formatted(upTo),
                organizationId,
                before);
    }

    private Range range(String sql, String organizationId, Instant before) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, organizationId);
            statement.setObject(2, before.atOffset(ZoneOffset.UTC));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Range(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getString(5));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
