package org.jobtrail.record;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;

/** The implausibly reduced lists that are being watched, and an operator's word that one is true. */
public final class Suspicions implements AutoCloseable {

    private final Connection connection;

    /** @param reason what its last receipt says; null where that is not written yet */
    public record Suspicion(
            String organizationId,
            String organizationName,
            String jobType,
            String since,
            String lastSeen,
            boolean accepted,
            String reason) {}

    /** A list that is now believed, if the next poll reads the same. */
    public record Accepted(String jobType, String since) {}

    public Suspicions(Database database) throws SQLException {
        this.connection = database.connect(Role.WRITER);
    }

    public List<Suspicion> all() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select * from jobtrail.suspicions()")) {
            var suspicions = new ArrayList<Suspicion>();
            while (row.next()) {
                suspicions.add(new Suspicion(
                        row.getString("organization_id"),
                        row.getString("organization_name"),
                        row.getString("job_type"),
                        row.getString("since"),
                        row.getString("last_seen"),
                        row.getBoolean("accepted"),
                        row.getString("reason")));
            }
            return suspicions;
        }
    }

    /** @param jobType null for both lists */
    public List<Accepted> accept(String organizationId, String jobType) throws SQLException {
        try (var statement = connection.prepareStatement("select job_type, since from jobtrail.accept_suspect(?, ?)")) {
            statement.setString(1, organizationId);
            statement.setString(2, jobType);
            try (ResultSet row = statement.executeQuery()) {
                var accepted = new ArrayList<Accepted>();
                while (row.next()) {
                    accepted.add(new Accepted(row.getString(1), row.getString(2)));
                }
                return accepted;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
