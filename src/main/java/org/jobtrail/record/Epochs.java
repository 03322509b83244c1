package org.jobtrail.record;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jobtrail.database.Role;
import org.jobtrail.fetch.Organization;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;

/** Begins an organization's next epoch: a poll that has seen nothing, and tells every job as it was last known. */
public final class Epochs {

    private static final String CLAIM =
            "select claimed_poll, observed_at, source, organization_name from jobtrail.claim_epoch(?, ?)";
    private static final String STATES = """
            select job_type, job_id, snapshot, missing, max(api_version) over () as api_version
            from jobtrail.job_state where organization_id = ? and snapshot <> '{}' order by job_type, job_id""";
    private static final String BEGIN =
            "select epoch, first_seq from jobtrail.begin_epoch(?, ?, ?, ?, ?, ?::json, ?::json)";

    private final Connection connection;

    /** @param jobs how many are told anew */
    public record Begun(int epoch, long firstSeq, int jobs) {}

    /**
     * Where the other history ends.
     *
     * @param source whose organization it is, where the history does not know; may be null
     * @param epoch of its last row; may be null
     */
    public record End(String source, Integer epoch, long seq, String hash) {}

    /** @param connection as {@link Role#RETENTION} */
    public Epochs(Connection connection) {
        this.connection = connection;
    }

    /** @param identity of Kafka, as {@code Topics.Identity} writes it */
    public Begun begin(String organizationId, End topic, String identity) throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, organizationId);
            statement.setString(2, topic.source());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                var claim = Claim.ofAnOperator(row.getLong(1), row.getString(2));
                Changes changes = changes(row.getString(3), new Organization(organizationId, row.getString(4)), claim);
                return begin(organizationId, claim, topic, changes, identity);
            }
        }
    }

    private Changes changes(String source, Organization organization, Claim claim) throws SQLException {
        Changes changes = null;
        try (var statement = connection.prepareStatement(STATES)) {
            statement.setString(1, organization.id());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (changes == null) {
                        changes = new Changes(source, organization, claim, row.getString(5));
                    }
                    changes.appendRebaselined(
                            new JobKey(row.getString(1), row.getString(2)),
                            JobSnapshot.parse(row.getString(3)),
                            row.getBoolean(4));
                }
            }
        }
        return changes == null ? new Changes(source, organization, claim, null) : changes;
    }

    private Begun begin(String organizationId, Claim claim, End topic, Changes changes, String identity)
            throws SQLException {
        try (var statement = connection.prepareStatement(BEGIN)) {
            statement.setString(1, organizationId);
            statement.setLong(2, claim.number());
            statement.setLong(3, topic.seq());
            statement.setString(4, topic.hash());
            statement.setObject(5, topic.epoch(), Types.INTEGER);
            statement.setString(6, changes.rowsJson());
            statement.setString(7, identity);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Begun(row.getInt(1), row.getLong(2), changes.count());
            }
        }
    }
}
