package org.jobtrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {
    private static final EnumSet<EmbeddedKind> DATABASE = EnumSet.of(EmbeddedKind.DATABASE);

    @TempDir
    Path data;

    @Test
    void ownsWhatItStartsAndStopsIt() throws Exception {
        try (EmbeddedServers servers = EmbeddedServers.start(data, EnumSet.allOf(EmbeddedKind.class))) {
            assertThat(servers.attached()).isFalse();
            assertThat(servers.settings())
                    .containsOnlyKeys(
                            "database.url",
                            "database.username",
                            "database.password",
                            "database.migration.username",
                            "database.migration.password",
                            "kafka.bootstrap-servers",
                            "source.simulator.url",
                            "source.simulator.username",
                            "source.simulator.password",
                            "source.simulator.ca-certificate",
                            "poll.period");
            assertThat(servers.announcements()).hasSize(3);
            assertThat(Files.getPosixFilePermissions(data.resolve("embedded.properties")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(data.resolve("postgres/cluster/postmaster.pid")).doesNotExist();
        assertThat(data.resolve("embedded.properties")).doesNotExist();
    }

    @Test
    void usesTheServersOfTheProcessThatRunsThemAndLeavesThemRunning() throws Exception {
        try (ServersInAProcess owner = ServersInAProcess.start(data, DATABASE)) {
            assertThat(owner.greeting()).startsWith("owner");

            EmbeddedServers first = EmbeddedServers.start(data, DATABASE);
            assertThat(first.attached()).isTrue();
            assertThat(first.announcements()).singleElement().asString().startsWith("PostgreSQL");
            first.close();

            try (EmbeddedServers second = EmbeddedServers.start(data, DATABASE)) {
                assertThat(second.attached()).isTrue();
                connect(second.settings());
            }
            assertThatThrownBy(() -> EmbeddedServers.start(data, EnumSet.allOf(EmbeddedKind.class)))
                    .isInstanceOf(EmbeddedServersException.class)
                    .hasMessageContaining("runs no embedded Kafka broker");
        }
    }

    @Test
    void becomesTheOwnerWhenTheLastOneWasKilled() throws Exception {
        try (ServersInAProcess killed = ServersInAProcess.start(data, DATABASE)) {
            killed.kill();
        }
        assertThat(data.resolve("embedded.properties")).exists();

        try (EmbeddedServers servers = EmbeddedServers.start(data, DATABASE)) {
            assertThat(servers.attached()).isFalse();
            connect(servers.settings());
        }
    }

    @Test
    void leavesNothingRunningWhenItsProcessIsToldToEnd() throws Exception {
        Path running = data.resolve("postgres/cluster/postmaster.pid");
        try (ServersInAProcess told = ServersInAProcess.start(data, DATABASE)) {
            assertThat(running).exists();
            told.terminate();
        }

        assertThat(Pause.until(() -> Files.notExists(running), Duration.ofSeconds(20)))
                .as("PostgreSQL stops")
                .isTrue();
        EmbeddedServers.start(data, DATABASE).close();
    }

    @Test
    void becomesTheOwnerWhereTheFileOfTheLastOneIsDamaged() throws Exception {
        Path file = data.resolve("embedded.properties");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(new OwnerFile(file).read()).isEmpty();
        Files.writeString(file, "owner=\\uZZZZ\n");

        try (EmbeddedServers servers = EmbeddedServers.start(data, EnumSet.of(EmbeddedKind.SOURCE))) {
            assertThat(servers.attached()).isFalse();
        }
    }

    @Test
    void remainsTheOwnerWhenItsOwnProcessAsksAgain() throws Exception {
        try (EmbeddedServers owner = EmbeddedServers.start(data, DATABASE)) {
            try (EmbeddedServers again = EmbeddedServers.start(data, DATABASE)) {
                assertThat(again.attached()).isTrue();
                assertThat(again.settings()).isEqualTo(owner.settings());
            }
            try (ServersInAProcess other = ServersInAProcess.start(data, DATABASE)) {
                assertThat(other.greeting()).startsWith("attached");
            }
        }
    }

    @Test
    void freesTheDirectoryWhenAServerDoesNotStart() throws Exception {
        Files.writeString(data.resolve("kafka"), "a file where a directory should be");

        assertThatThrownBy(() -> EmbeddedServers.start(data, EnumSet.of(EmbeddedKind.BROKER)))
                .isInstanceOf(EmbeddedServersException.class)
                .hasMessageContaining(data.resolve("kafka").toString());
        assertThat(data.resolve("embedded.properties")).doesNotExist();
        assertThat(DataLock.tryLock(data.resolve("lock"))).get().satisfies(DataLock::close);
    }

    @Test
    void saysWithoutThemThatPostgresAndKafkaAreNotThere() throws Exception {
        assertThat(EmbeddedServers.available()).isTrue();

        URL classes =
                EmbeddedServers.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader onlyOurs = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> alone = onlyOurs.loadClass(EmbeddedServers.class.getName());
            assertThat(alone.getMethod("available").invoke(null)).isEqualTo(false);
        }
    }

    private static void connect(Map<String, String> settings) throws Exception {
        DriverManager.getConnection(
                        settings.get("database.url"),
                        settings.get("database.migration.username"),
                        settings.get("database.migration.password"))
                .close();
    }
}
