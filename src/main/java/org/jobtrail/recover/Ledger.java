package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;

/** Where histories end. */
final class Ledger {

    private Ledger() {}

    /** 0 of an organization that has no history. */
    static long lastSeq(Connection connection, String organizationId) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select last_seq from jobtrail.organization_head where organization_id = ?")) {
            statement.setString(1, organizationId);
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
