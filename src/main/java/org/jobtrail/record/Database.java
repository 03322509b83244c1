package org.jobtrail.record;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;

/** PostgreSQL: the pool that the routes use, the migration before it, and connections for who needs one of its own. */
public final class Database implements AutoCloseable {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(20);

    private final Settings.Database settings;
    private final HikariDataSource pool;

    public Database(Settings.Database settings, int connections) {
        this.settings = settings;
        var config = new HikariConfig();
        config.setPoolName("history");
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(5_000);
        // PostgreSQL may be down when the program starts, and come up later.
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql("set lock_timeout = %d".formatted(LOCK_TIMEOUT.toMillis()));
        config.addDataSourceProperty("ApplicationName", "jobtrail");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketTimeout", "120");
        config.addDataSourceProperty("targetServerType", "primary");
        this.pool = new HikariDataSource(config);
    }

    public DataSource pool() {
        return pool;
    }

    /** A connection outside of the pool, for what outlives a statement: a lock, a subscription, a cursor. */
    public Connection connect() throws SQLException {
        return connect(settings.username(), settings.password());
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
        } catch (SQLException e) {
            throw explained(e);
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

    private SQLException explained(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28")) {
            throw new InvalidSettingException(
                    "database.password", "is refused by PostgreSQL for this account: check database.username and it");
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
    }
}
