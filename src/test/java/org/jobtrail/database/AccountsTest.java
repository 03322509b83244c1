package org.jobtrail.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who sets up the ledger, who writes it, and what is said where the two are one. */
@ExtendWith(RealServers.class)
class AccountsTest {

    private static final Path CHECKOUT = Path.of("").toAbsolutePath();

    private final TestDatabase database;

    AccountsTest(PostgresServer server) throws SQLException {
        database = server.emptyDatabase();
    }

    @Test
    void theAccountThatWritesIsMadeByTheOneThatMigratesAndMayWriteThroughFunctionsOnly() throws Exception {
        try (var real = new Database(accounts("hired", database.username(), database.password()), 1)) {
            real.migration().migrate(CHECKOUT);

            assertThat(real.safeguards().separation()).startsWith("the account writes and publishes by roles");
            assertThat(real.safeguards().warnings()).isEmpty();
            try (Connection writer = real.pool().getConnection();
                    var statement = writer.createStatement()) {
                statement.execute("select jobtrail.open_attempt('hq')");
            }
            refused(real, "insert into jobtrail.source_head (source) values ('hq')");
            refused(real, "update jobtrail.job_history set payload = null");
            refused(real, "set role jobtrail_owner");
        }
    }

    @Test
    void oneAccountForBothIsSaidToBeOne() throws Exception {
        try (var real = new Database(database.settings(), 1)) {
            real.migration().migrate(CHECKOUT);

            assertThat(real.safeguards().separation()).contains("not enforced");
            assertThat(real.safeguards().warnings()).singleElement().asString().contains("superuser");
        }
    }

    @Test
    void anAccountThatMayNotSetUpTheRolesIsToldTheSqlForWhoMay() throws Exception {
        database.execute("create role \"plain migrator\" login password 'secret'");
        database.execute("grant create on database %s to \"plain migrator\""
                .formatted(database.value("select current_database()")));
        try (var real = new Database(accounts("nobody yet", "plain migrator", "secret"), 1)) {
            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("database.migration.username")
                    .hasMessageContaining("grant jobtrail_owner to \"plain migrator\"")
                    .hasMessageContaining("create role \"nobody yet\" login password '...'")
                    .hasMessageContaining("grant jobtrail_writer to \"nobody yet\"")
                    .hasMessageNotContaining("secret");
        }
        assertThat(database.value("select to_regnamespace('jobtrail')")).isNull();
    }

    @Test
    void whatAnAdministratorWasToldIsEnough() throws Exception {
        database.execute("create role \"plain owner\" login password 'secret'");
        Settings.Database accounts = accounts("plain writer", "plain owner", "secret");
        try (var real = new Database(accounts, 1)) {
            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT)).satisfies(e -> {
                String sql = e.getMessage().substring(e.getMessage().indexOf('\n') + 1);
                database.execute(sql.replace("'...'", "'" + accounts.password() + "'"));
            });

            real.migration().migrate(CHECKOUT);

            assertThat(
                            database.value(
                                    "select pg_get_userbyid(relowner) from pg_class where oid = 'jobtrail.job_history'::regclass"))
                    .isEqualTo("jobtrail_owner");
            assertThat(real.safeguards().separation()).startsWith("the account writes and publishes by roles");
        }
    }

    @Test
    void aServerThatHasNoConnectionLeftForTheMigrationIsTriedAgain() throws Exception {
        database.execute("create role \"busy owner\" login password 'secret'");
        Settings.Database accounts = accounts("busy writer", "busy owner", "secret");
        try (var real = new Database(accounts, 1)) {
            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT)).satisfies(e -> {
                String sql = e.getMessage().substring(e.getMessage().indexOf('\n') + 1);
                database.execute(sql.replace("'...'", "'" + accounts.password() + "'"));
            });
            // Enough to look at the server, not for Flyway, which needs two at once.
            database.execute("alter role \"busy owner\" connection limit 1");

            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));

            database.execute("alter role \"busy owner\" connection limit -1");
            real.migration().migrate(CHECKOUT);
            assertThat(database.value("select to_regclass('jobtrail.job_history') is not null"))
                    .isEqualTo(true);
        }
    }

    @Test
    void aMigrationThatFillsTheDiskIsNotRunAgainAndAgain() throws Exception {
        database.execute("""
                create function public.full_disk() returns event_trigger language plpgsql as $$
                begin
                    raise exception 'could not extend file "base/5/1": No space left on device' using errcode = '53100';
                end $$;
                create event trigger full_disk on ddl_command_start when tag in ('CREATE TRIGGER')
                    execute function public.full_disk()
                """);
        try (var real = new Database(database.settings(), 1)) {
            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("database.url")
                    .hasMessageContaining("no space left to bring the tables up to date: make room on its disk");
        }
    }

    @Test
    void aDatabaseInWhichALockWouldNotShowWhatItsHolderDidIsRefused() throws Exception {
        database.execute("alter database %s set default_transaction_isolation = 'repeatable read'"
                .formatted(database.value("select current_database()")));
        try (var real = new Database(database.settings(), 1)) {
            assertThatThrownBy(() -> real.migration().migrate(CHECKOUT))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("the isolation level is repeatable read");
        }
    }

    @Test
    void aDatabaseThatWouldNotWaitForItsDiskIsMadeToWait() throws Exception {
        database.execute("alter database %s set synchronous_commit = off"
                .formatted(database.value("select current_database()")));
        try (var real = new Database(database.settings(), 1)) {
            real.migration().migrate(CHECKOUT);
        }
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select jobtrail.open_attempt('hq')");
            try (var row = statement.executeQuery("show synchronous_commit")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("on");
            }
        }
    }

    private static void refused(Database real, String sql) throws SQLException {
        try (Connection writer = real.pool().getConnection();
                var statement = writer.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("permission denied");
        }
    }

    private Settings.Database accounts(String login, String migration, String migrationPassword) {
        return new Settings.Database(database.url(), login, "of the writer", migration, migrationPassword);
    }
}
