package org.jobtrail.command;

import java.sql.SQLException;
import java.util.Set;
import org.jobtrail.database.Database;
import org.jobtrail.database.ServerMessage;
import org.jobtrail.failure.Reason;
import org.jobtrail.settings.Settings;

/** What an operator asks of the database: run, or refused with one sentence that says why. */
final class OperatorRequest {

    /** No schema, no table, no function, no role. */
    private static final Set<String> NOT_THERE = Set.of("3F000", "42P01", "42883", "22023", "42704");

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
        String state = String.valueOf(e.getSQLState());
        if (ServerMessage.isRefusal(e)) {
            return ServerMessage.of(e);
        }
        if (NOT_THERE.contains(state)) {
            return "the database at %s has no history of this version: start run, it creates the tables"
                    .formatted(account.url());
        }
        if (state.equals("42501")) {
            return "the account %s may not do this: set database.migration.username and its password (%s)"
                    .formatted(account.migrationUsername(), Reason.of(e));
        }
        return "database at %s: %s".formatted(account.url(), Reason.of(e));
    }
}
