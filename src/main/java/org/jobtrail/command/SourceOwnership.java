package org.jobtrail.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;

/** Which source each installation and each organization belongs to: what another source presents, run refuses. */
final class SourceOwnership {

    private final Map<String, String> installations = new HashMap<>();
    private final Map<String, String> organizations = new HashMap<>();

    /** Those that were polled before; none where there is no history, or no database that answers: that is told elsewhere. */
    void lookUp(Database database) {
        try (Connection connection = database.connect(Role.AUDITOR)) {
            read(connection, "select installation_id, source from jobtrail.installation", installations);
            read(connection, "select organization_id, source from jobtrail.organization_head", organizations);
        } catch (SQLException e) {
            installations.clear();
            organizations.clear();
        }
    }

    private static void read(Connection connection, String sql, Map<String, String> owners) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            while (row.next()) {
                owners.put(row.getString(1), row.getString(2));
            }
        }
    }

    /** The first source that presents an installation is whose it is; for any other, what is wrong. */
    Optional<String> claimInstallation(String id, String source) {
        return presented("installation", id, source, installations);
    }

    /** The first source that presents an organization is whose it is; for any other, what is wrong. */
    Optional<String> claimOrganization(String id, String source) {
        return presented("organization", id, source, organizations);
    }

    private static Optional<String> presented(String what, String id, String source, Map<String, String> owners) {
        String owner = owners.putIfAbsent(id, source);
        return owner == null || owner.equals(source)
                ? Optional.empty()
                : Optional.of(
                        "%s %s is presented by source %s but belongs to source %s".formatted(what, id, source, owner));
    }
}
