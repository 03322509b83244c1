package org.jobtrail.record;

import java.sql.Connection;
import java.sql.SQLException;
import org.jobtrail.veeam.Organization;

/**
 * A claim of an organization's backup jobs, for tests that record without a server.
 *
 * @param after the last row that there is before
 */
record ClaimedPoll(long number, long after) {

    static ClaimedPoll by(Connection writer, String source, Organization organization) throws SQLException {
        try (var statement = writer.prepareStatement(
                "select claimed_poll, last_seq from jobtrail.claim_poll(?, ?, ?, 'backup', interval '1 day')")) {
            statement.setString(1, source);
            statement.setString(2, organization.id());
            statement.setString(3, organization.name());
            try (var row = statement.executeQuery()) {
                row.next();
                return new ClaimedPoll(row.getLong(1), row.getLong(2));
            }
        }
    }
}
