package org.jobtrail.command;

import java.sql.SQLException;
import org.jobtrail.database.Database;
import org.jobtrail.database.ServerMessage;
import org.jobtrail.database.SqlState;
import org.jobtrail.failure.Reason;
import org.jobtrail.settings.Settings;

/** What an operator asks of the database: run, or refused with one sentence that says why. */
final class OperatorRequest {

    /** What a command asks for. */
    interface Work<T> {
        T of(Database database) throws SQLException;
    }

    private OperatorRequest() {}

    static <T> T run(Settings settings, Work<T> work) {
        Settings.Database account = settings.database().orElseThrow();
        try (var database = new Database(account, 1)) {
            return work.of(database);
        } catch (SQLException e) {
            throw new CannotRunException(sentence(account, e));
        }
    }

    private static String sentence(Settings.Database account, SQLException e) {
        if (ServerMessage.isRefusal(e)) {
            return ServerMessage.of(e);
        }
        if (SqlState.is(
                e,
                SqlState.INVALID_SCHEMA_NAME,
                SqlState.UNDEFINED_TABLE,
                SqlState.UNDEFINED_FUNCTION,
                SqlState.UNDEFINED_OBJECT,
                // A role that is to be set.
                SqlState.INVALID_PARAMETER_VALUE)) {
            return "the database at %s has no history of this version: start run, it creates the tables"
                    .formatted(account.url());
        }
        if (SqlState.is(e, SqlState.INSUFFICIENT_PRIVILEGE)) {
            return "the account %s may not do this: set database.migration.username and its password (%s)"
                    .formatted(account.migrationUsername(), Reason.of(e));
        }
        return "database at %s: %s".formatted(account.url(), Reason.of(e));
    }
}
