package org.jobtrail.record;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.database.ServerMessage;
import org.jobtrail.transform.JobKey;
import org.jobtrail.veeam.Organization;

/** Blanks what is kept of one job, and appends a row that says so: a poll of one job, in a claim of its own. */
public final class Erasure implements AutoCloseable {

    private static final int MOST_ATTEMPTS = 20;

    private static final String CLAIM = """
            select claimed_poll, observed_at, source, organization_name, job_type, api_version, present, erased
            from jobtrail.claim_erasure(?, ?, ?)""";

    private static final String ERASE = "select superseded, seq, rows from jobtrail.erase(?, ?, ?, ?, ?::json)";

    private final Connection connection;

    /**
     * @param seq the row that says so
     * @param rows how many rows were blanked
     */
    public record Erased(String jobType, long seq, long rows) {}

    private record Target(JobKey key, boolean erased, long claim, String changes) {}

    public Erasure(Database database) throws SQLException {
        this.connection = database.connectWithoutTimeout(Role.RETENTION);
    }

    /**
     * @param jobType null where there is one job only of that id
     * @return empty where nothing was kept since it was last erased
     */
    public Optional<Erased> erase(String organizationId, String jobType, String jobId) throws SQLException {
        // A poll that claims in between comes first; it has its turn once in a period.
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Target target = claim(organizationId, jobType, jobId);
            if (target.erased()) {
                return Optional.empty();
            }
            Optional<Erased> erased = erase(organizationId, target);
            if (erased.isPresent()) {
                return erased;
            }
        }
        throw ServerMessage.refusal("organization %s is polled all the time: try again".formatted(organizationId));
    }

    private Target claim(String organizationId, String jobType, String jobId) throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, organizationId);
            statement.setString(2, jobType);
            statement.setString(3, jobId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                var key = new JobKey(row.getString("job_type"), jobId);
                var claim = Claim.ofAnOperator(row.getLong("claimed_poll"), row.getString("observed_at"));
                var changes = new Changes(
                        row.getString("source"),
                        new Organization(organizationId, row.getString("organization_name")),
                        claim,
                        row.getString("api_version"));
                changes.appendErased(key, row.getBoolean("present"));
                return new Target(key, row.getBoolean("erased"), claim.number(), changes.rowsJson());
            }
        }
    }

    private Optional<Erased> erase(String organizationId, Target target) throws SQLException {
        try (var statement = connection.prepareStatement(ERASE)) {
            statement.setString(1, organizationId);
            statement.setString(2, target.key().type());
            statement.setString(3, target.key().id());
            statement.setLong(4, target.claim());
            statement.setString(5, target.changes());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1)
                        ? Optional.empty()
                        : Optional.of(new Erased(target.key().type(), row.getLong(2), row.getLong(3)));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
