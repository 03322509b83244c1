package org.jobtrail.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jobtrail.settings.Settings;

/**
 * PostgreSQL: the pools that the routes use, and connections for work that needs one of its own. Each acts as the role that its work
 * needs, whatever the account may do besides. Thread-safe.
 */
public final class Database implements AutoCloseable {

    private static final int PUBLISHING = 2;

    /** The server ends a statement before its answer is given up: so it is known that nothing of it stays, but for a commit that waits. */
    private static final Patience WORKING =
            new Patience(5_000, 5_000, "set lock_timeout = 20000; set statement_timeout = 100000", 120);

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

    /** The pool for polling and recording. */
    public DataSource pool() {
        return pool;
    }

    /** The publisher's pool. */
    public DataSource publisherPool() {
        return publisherPool;
    }

    /** The pool of health and metrics, which give up soon where the database does not answer: no other work waits for it. */
    public DataSource observerPool() {
        return observerPool;
    }

    /** The pool for polling and recording, as the routes use it. */
    public DataSource statements() {
        return UndescribedStatements.of(pool);
    }

    /** The publisher's pool, as the routes use it. */
    public DataSource publisherStatements() {
        return UndescribedStatements.of(publisherPool);
    }

    /** A connection outside of the pools, as the account itself. */
    public Connection connect() throws SQLException {
        return connect(settings.username(), settings.password(), WORKING.silentSeconds());
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

    /** A connection outside of the pools by the account that migrates, for what the program's own account may not do. */
    public Connection connectToMigrate(Role role) throws SQLException {
        return as(role, connectToMigrate());
    }

    /** As {@link #connectToMigrate(Role)}, for statements that may take long: one removes or blanks all that an organization has. */
    public Connection connectWithoutTimeout(Role role) throws SQLException {
        return as(role, connect(settings.migrationUsername(), settings.migrationPassword(), 0));
    }

    /** A connection for reading all that there is: PostgreSQL may count for long before it says anything. */
    public Connection connectToAudit() throws SQLException {
        return as(Role.AUDITOR, connect(settings.username(), settings.password(), 0));
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

    /** With no schema but PostgreSQL's own: in another, somebody could have put a function that answers what he likes. */
    private static String setRole(Role role) {
        return "set search_path = pg_catalog, pg_temp; set role " + role.sqlName();
    }

    public Migration migration() {
        return new Migration(this, settings);
    }

    /** As the account that migrates. */
    Connection connectToMigrate() throws SQLException {
        return connect(settings.migrationUsername(), settings.migrationPassword(), WORKING.silentSeconds());
    }

    private Connection connect(String username, String password, int silentSeconds) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "jobtrail");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", String.valueOf(silentSeconds));
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
