package org.jobtrail.database;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: the pools that the routes use, the migration before them, and connections for who needs one of its own. Every one acts
 * as the role that its work needs, whatever the account may do besides. Thread-safe.
 */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.database");
    private static final int PUBLISHING = 2;

    /** What the settings of the account begin with that writes. */
    private static final String OWN = "database.";

    private static final Patience WORKING = new Patience(5_000, 5_000, "set lock_timeout = 20000", 120);

    /**
     * Some three seconds: Prometheus waits ten for all metrics, and a probe of health often less. The server ends what takes
     * too long: the driver would ask it to by another connection, and wait for that one in an outage.
     */
    private static final Patience OBSERVING = new Patience(2_000, 1_000, "set statement_timeout = 2000", 3);

    /** Our statements are short: to compile them takes longer than to run them. */
    private static final String WITHOUT_JIT = "set jit = off";

    /** Where the server was built with it: to compress by its own way takes an eighth of the time of a row more, for the same size. */
    private static final String FAST_COMPRESSION = "select set_config(name, 'lz4', false) from pg_settings"
            + " where name = 'default_toast_compression' and 'lz4' = any (enumvals)";

    private final Settings.Database settings;
    private final HikariDataSource pool;
    private final HikariDataSource publisherPool;
    private final HikariDataSource observerPool;

    /**
     * How long a connection is waited for, how long one that was idle is given for a sign of life, what the server limits, and
     * when a server that says nothing is given up.
     */
    private record Patience(long connectMillis, long validateMillis, String limit, int silentSeconds) {}

    public Database(Settings.Database settings, int connections) {
        this.settings = settings;
        this.pool = pool("history", Role.WRITER, connections, WORKING);
        this.publisherPool = pool("publication", Role.PUBLISHER, PUBLISHING, WORKING);
        this.observerPool = pool("observation", Role.WRITER, 1, OBSERVING);
    }

    /** Connects when it is first asked: before the migration the roles may not be there. */
    private HikariDataSource pool(String name, Role role, int connections, Patience patience) {
        var config = new HikariDataSource();
        config.setPoolName(name);
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(patience.connectMillis());
        config.setValidationTimeout(patience.validateMillis());
        // PostgreSQL may be down when the program starts, and come up later.
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(String.join("; ", patience.limit(), WITHOUT_JIT, FAST_COMPRESSION, setRole(role)));
        config.addDataSourceProperty("ApplicationName", "jobtrail");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketTimeout", String.valueOf(patience.silentSeconds()));
        config.addDataSourceProperty("targetServerType", "primary");
        return config;
    }

    /** Of who polls and records. */
    public DataSource pool() {
        return pool;
    }

    /** Of who publishes. */
    public DataSource publisherPool() {
        return publisherPool;
    }

    /** Of who looks whether all is well, and gives up soon where it is not: no other work waits for its connection. */
    public DataSource observerPool() {
        return observerPool;
    }

    /** The pool of who polls and records, for routes. */
    public DataSource statements() {
        return UndescribedStatements.of(pool);
    }

    /** The pool of who publishes, for routes. */
    public DataSource publisherStatements() {
        return UndescribedStatements.of(publisherPool);
    }

    /** A connection outside of the pools, as the account itself. */
    public Connection connect() throws SQLException {
        return connect(settings.username(), settings.password());
    }

    /** What of the account and the server takes from what the ledger promises. */
    public Safeguards safeguards() throws SQLException {
        try (Connection connection = connect()) {
            return Safeguards.of(connection);
        }
    }

    /** A connection outside of the pools, for what outlives a statement: a lock, a subscription, a cursor. */
    public Connection connect(Role role) throws SQLException {
        return as(role, connect());
    }

    /** The same by the account that migrates, for what the program's own may not do. */
    public Connection connectToMigrate(Role role) throws SQLException {
        return as(role, connect(settings.migrationUsername(), settings.migrationPassword()));
    }

    private static Connection as(Role role, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(setRole(role));
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static String setRole(Role role) {
        return "set role " + role.sqlName();
    }

    /**
     * Brings the tables up to date.
     *
     * @throws InvalidSettingException where the server answers but refuses us: waiting would not help
     * @throws SQLException where there is no server to answer
     */
    public void migrate(Path home) throws SQLException {
        try (Connection connection = connect(settings.migrationUsername(), settings.migrationPassword())) {
            require(connection);
            new Accounts(connection, settings).ensure();
        } catch (SQLException e) {
            throw explained(e, migration());
        }
        try {
            Flyway.configure()
                    .dataSource(settings.url(), settings.migrationUsername(), settings.migrationPassword())
                    .locations("filesystem:" + home.resolve("sql/migration"))
                    .defaultSchema("jobtrail")
                    .placeholderReplacement(false)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new InvalidSettingException(
                    "database.migration.username",
                    "could not bring the tables up to date: %s"
                            .formatted(e.getMessage().strip().replaceAll("\\s+", " ")));
        }
        requireDurable();
    }

    /**
     * Refuses what {@link #migrate} would refuse, as far as it can be told without changing anything.
     *
     * @return false where the account that writes would be made
     */
    public boolean check() throws SQLException {
        boolean isThere;
        try (Connection connection = connect(settings.migrationUsername(), settings.migrationPassword())) {
            require(connection);
            var accounts = new Accounts(connection, settings);
            accounts.check();
            isThere = accounts.isThere();
        } catch (SQLException e) {
            throw explained(e, migration());
        }
        if (isThere) {
            try (Connection connection = connect()) {
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
        try (Connection connection = connectToMigrate(Role.OWNER);
                var look = connection.prepareStatement(known);
                var statement = connection.prepareStatement(change)) {
            look.setString(1, zone.getId());
            look.execute();
            statement.setString(1, zone.getId());
            statement.setString(2, zone.getId());
            statement.executeUpdate();
        } catch (SQLException e) {
            if ("22023".equals(e.getSQLState())) {
                throw new InvalidSettingException(
                        "report.time-zone", "names %s, which PostgreSQL does not know".formatted(zone));
            }
            throw e;
        }
    }

    /** What is committed must be there after a crash, and whoever has waited for a lock must see what its holder committed. */
    private void requireDurable() throws SQLException {
        try (Connection connection = connect(Role.WRITER);
                var statement = connection.createStatement()) {
            statement.execute("select jobtrail.durable()");
            Safeguards.of(connection).warnings().forEach(LOG::warn);
        } catch (SQLException e) {
            if ("JT003".equals(e.getSQLState())) {
                throw new InvalidSettingException(
                        "database.url",
                        "names a database in which "
                                + e.getMessage().lines().findFirst().orElse("").replaceFirst("^ERROR: ", ""));
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
    private String migration() {
        return settings.migrationUsername().equals(settings.username()) ? OWN : OWN + "migration.";
    }

    private static SQLException explained(SQLException e, String account) {
        String state = String.valueOf(e.getSQLState());
        // The latter is the driver's, where PostgreSQL asks for a password and there is none.
        if (state.startsWith("28") || state.equals("08004") && e.getMessage().contains("password")) {
            throw new InvalidSettingException(
                    account + "password",
                    "is refused by PostgreSQL for this account: check %susername and it".formatted(account));
        }
        if (state.equals("3D000")) {
            throw new InvalidSettingException(
                    "database.url",
                    "names a database that does not exist: create it, Jobtrail creates only its schemas");
        }
        return e;
    }

    private Connection connect(String username, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "jobtrail");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "120");
        properties.setProperty("targetServerType", "primary");
        return DriverManager.getConnection(settings.url(), properties);
    }

    @Override
    public void close() {
        pool.close();
        publisherPool.close();
        observerPool.close();
    }
}
