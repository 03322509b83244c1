package org.jobtrail.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a database to what this program expects of it, and refuses one that cannot keep what is promised. */
public final class Migration {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.database");

    /** What the settings of the account begin with that writes. */
    private static final String OWN = "database.";

    private static final int MOST_TRIES = 5;

    private final Database database;
    private final Settings.Database settings;

    Migration(Database database, Settings.Database settings) {
        this.database = database;
        this.settings = settings;
    }

    /**
     * Makes roles and accounts where they are missing, and brings the tables up to date.
     *
     * @throws InvalidSettingException where the server answers but refuses us: waiting would not help
     * @throws SQLException where there is no server to answer
     */
    public void migrate(Path home) throws SQLException {
        try (Connection connection = database.connectToMigrate()) {
            require(connection);
            new Accounts(connection, settings).ensure();
        } catch (SQLException e) {
            throw explained(e, owner());
        }
        try {
            Flyway flyway = Flyway.configure()
                    .dataSource(settings.url(), settings.migrationUsername(), settings.migrationPassword())
                    .locations(Stream.of("migration", "function", "view")
                            .map(folder -> "filesystem:" + home.resolve("sql").resolve(folder))
                            .toArray(String[]::new))
                    .defaultSchema("jobtrail")
                    .placeholderReplacement(false)
                    .load();
            Optional<MigrationInfo> newer = newer(flyway);
            if (newer.isEmpty()) {
                migrate(flyway);
            } else {
                LOG.warn(
                        "the tables of this database are of version {}, of a newer Jobtrail: they and the rights of its accounts stay as they are; replace this program soon",
                        newer.get().getVersion());
            }
        } catch (FlywayException e) {
            throw explained(e);
        }
        requireDurable();
    }

    private static SQLException explained(FlywayException e) {
        // A server that went away meanwhile, or is busy with others, is waited for, as one that is not there yet.
        return LostAnswer.orNoConnection(e).orElseThrow(() -> refusal(e));
    }

    private static InvalidSettingException refusal(FlywayException e) {
        // Not tried again by itself: what fills a disk once fills it each time, and others need it.
        if (RefusedWrite.byFullDisk(e)) {
            return new InvalidSettingException(
                    "database.url",
                    "names a PostgreSQL that has no space left to bring the tables up to date: make room on its disk, then start again");
        }
        return new InvalidSettingException(
                "database.migration.username",
                "could not bring the tables up to date: %s"
                        .formatted(e.getMessage().strip().replaceAll("\\s+", " ")));
    }

    /** Programs go on beside it, with other locks in another order: of two that wait for each other, PostgreSQL ends one. */
    private static void migrate(Flyway flyway) {
        for (int tries = 1; ; tries++) {
            try {
                flyway.migrate();
                return;
            } catch (FlywayException e) {
                if (!LostAnswer.gaveWay(e) || tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Our protection, run again, would take from the newer program what it has given to its accounts. */
    private static Optional<MigrationInfo> newer(Flyway flyway) {
        return Optional.ofNullable(flyway.info().current())
                .filter(current -> current.getState() == MigrationState.FUTURE_SUCCESS);
    }

    /**
     * Refuses what {@link #migrate} would refuse, as far as it can be told without changing anything.
     *
     * @return false where the account that writes would be made
     */
    public boolean check() throws SQLException {
        boolean isThere;
        try (Connection connection = database.connectToMigrate()) {
            require(connection);
            var accounts = new Accounts(connection, settings);
            accounts.check();
            isThere = accounts.isThere();
        } catch (SQLException e) {
            throw explained(e, owner());
        }
        if (isThere) {
            try (Connection connection = database.connect()) {
                requireReadCommitted(connection);
            } catch (SQLException e) {
                throw explained(e, OWN);
            }
        }
        return isThere;
    }

    private static void requireReadCommitted(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select current_setting('transaction_isolation')")) {
            row.next();
            if (!row.getString(1).equals("read committed")) {
                throw new InvalidSettingException(
                        "database.url",
                        "names a database in which the isolation level is %s: expected read committed"
                                .formatted(row.getString(1)));
            }
        }
    }

    /** Tells the report views where their days begin. */
    public void reportIn(ZoneId zone) throws SQLException {
        String known = "select now() at time zone ?";
        String change = "update jobtrail.report_setting set time_zone = ? where time_zone <> ?";
        try (Connection connection = database.connectToMigrate(Role.OWNER);
                var look = connection.prepareStatement(known);
                var statement = connection.prepareStatement(change)) {
            look.setString(1, zone.getId());
            look.execute();
            statement.setString(1, zone.getId());
            statement.setString(2, zone.getId());
            statement.executeUpdate();
        } catch (SQLException e) {
            if (SqlState.is(e, SqlState.INVALID_PARAMETER_VALUE)) {
                throw new InvalidSettingException(
                        "report.time-zone", "names %s, which PostgreSQL does not know".formatted(zone));
            }
            throw e;
        }
    }

    /** What is committed must be there after a crash, and whoever has waited for a lock must see what its holder committed. */
    private void requireDurable() throws SQLException {
        try (Connection connection = database.connect(Role.WRITER);
                var statement = connection.createStatement()) {
            statement.execute("select jobtrail.durable()");
            Safeguards.of(connection).warnings().forEach(LOG::warn);
        } catch (SQLException e) {
            if (SqlState.is(e, SqlState.NOT_DURABLE)) {
                throw new InvalidSettingException("database.url", "names a database in which " + ServerMessage.of(e));
            }
            throw explained(e, OWN);
        }
    }

    /** Refuses a server that cannot keep what we would write to it. */
    private static void require(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select current_setting('server_version_num')::int, current_setting('server_encoding')")) {
            row.next();
            if (row.getInt(1) < 150_000) {
                throw new InvalidSettingException(
                        "database.url", "names a PostgreSQL older than 15: expected version 15 to 18");
            }
            if (!row.getString(2).equals("UTF8")) {
                throw new InvalidSettingException(
                        "database.url", "names a database encoded in %s: expected UTF8".formatted(row.getString(2)));
            }
        }
    }

    /** What the settings of the account begin with that migrates. */
    private String owner() {
        return settings.migrationUsername().equals(settings.username()) ? OWN : OWN + "migration.";
    }

    private static SQLException explained(SQLException e, String account) {
        // The latter is the driver's, where PostgreSQL asks for a password and there is none.
        if (SqlState.is(e, SqlState.INVALID_AUTHORIZATION)
                || SqlState.is(e, SqlState.CONNECTION_REJECTED)
                        && e.getMessage().contains("password")) {
            throw new InvalidSettingException(
                    account + "password",
                    "is refused by PostgreSQL for the account of %susername: check both".formatted(account));
        }
        if (SqlState.is(e, SqlState.INVALID_CATALOG_NAME)) {
            throw new InvalidSettingException(
                    "database.url",
                    "names a database that does not exist: create it, Jobtrail creates only its schemas");
        }
        return e;
    }
}
