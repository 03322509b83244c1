package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** Where histories end, and what the database says when it refuses. */
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

    static String sentence(SQLException e) {
        return e instanceof PSQLException answer && answer.getServerErrorMessage() != null
                ? answer.getServerErrorMessage().getMessage()
                : e.getMessage();
    }
}
