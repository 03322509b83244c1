package org.jobtrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
    @TempDir
    Path data;

    @Test
    void keepsItsRowsAndItsAddressOverARestart() throws Exception {
        Map<String, String> before;
        try (EmbeddedDatabase database = start()) {
            before = database.settings();
            assertThat(database.announcement()).startsWith("PostgreSQL 18.").contains(": psql \"host=127.0.0.1 port=");
            write(database, "CREATE TABLE job AS SELECT 'daily' AS name");
        }

        try (EmbeddedDatabase database = start()) {
            assertThat(read(database, "SELECT name FROM job")).isEqualTo("daily");
            assertThat(database.settings()).isEqualTo(before);
        }
    }

    @Test
    void isDurableAndSafeAndSetUpAlikeWhateverTheEnvironment() throws Exception {
        try (EmbeddedDatabase database = start()) {
            for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                assertThat(read(database, "SHOW " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(read(database, "SHOW shared_buffers")).isEqualTo("512MB");
            assertThat(read(database, "SHOW max_wal_size")).isEqualTo("4GB");
            assertThat(read(database, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(read(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(read(database, "SELECT reset_val FROM pg_settings WHERE name = 'log_timezone'"))
                    .isEqualTo("UTC");
            assertThat(read(database, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'"))
                    .isEqualTo("C.UTF-8");
            assertThat(read(database, "SELECT lower('ÄÖ')")).isEqualTo("äö");
            assertThatThrownBy(() ->
                            DriverManager.getConnection(database.settings().get("database.url"), "postgres", "guessed"))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void takesOverTheServerThatAKilledProcessLeftRunning() throws Exception {
        long left;
        try (ServersInAProcess killed = ServersInAProcess.start(data, EnumSet.of(EmbeddedKind.DATABASE))) {
            killed.kill();
            left = pidOf(data.resolve("postgres"));
        }

        try (EmbeddedDatabase database = start()) {
            assertThat(pidOf(data.resolve("postgres"))).isEqualTo(left);
            write(database, "CREATE TABLE job ()");
        }
        assertThat(data.resolve("postgres/cluster/postmaster.pid")).doesNotExist();
    }

    @Test
    void recoversWhatWasCommittedWhenTheServerItselfWasKilled() throws Exception {
        EmbeddedDatabase killed = start();
        write(killed, "CREATE TABLE job AS SELECT 'daily' AS name");
        ProcessHandle.of(pidOf(data.resolve("postgres"))).orElseThrow().destroyForcibly();

        try (EmbeddedDatabase database = start()) {
            assertThat(read(database, "SELECT name FROM job")).isEqualTo("daily");
        }
    }

    @Test
    void isNotHinderedByAProcessIdThatSomethingElseHasNow() throws Exception {
        start().close();
        Path pidFile = data.resolve("postgres/cluster/postmaster.pid");
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + pidFile.getParent() + "\n1\n5432\n");

        try (EmbeddedDatabase database = start()) {
            assertThat(read(database, "SELECT 1")).isEqualTo("1");
        }
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void startsAfreshWhenAnEarlierInitializationWasKilled() throws Exception {
        Path draft = Files.createDirectories(data.resolve("postgres.draft-1/cluster"));
        Files.createFile(draft.resolve("postgresql.conf"));

        start().close();

        assertThat(draft).doesNotExist();
    }

    @Test
    void saysInOneSentenceThatItDoesNotStart() throws Exception {
        start().close();
        Files.writeString(data.resolve("postgres/cluster/PG_VERSION"), "9\n");

        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedServersException.class)
                .hasMessageContaining(data.resolve("postgres").toString())
                .hasMessageContaining("database files are incompatible with server")
                .hasMessageContaining("database.url")
                .hasMessageNotContaining("\n");
    }

    private EmbeddedDatabase start() {
        return EmbeddedDatabase.start(data.resolve("postgres"));
    }

    private static long pidOf(Path directory) throws Exception {
        return Long.parseLong(
                Files.readAllLines(directory.resolve("cluster/postmaster.pid")).get(0));
    }

    private static void write(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database)) {
            connection.createStatement().execute(sql);
        }
    }

    private static String read(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        Map<String, String> settings = database.settings();
        return DriverManager.getConnection(
                settings.get("database.url"),
                settings.get("database.migration.username"),
                settings.get("database.migration.password"));
    }
}
