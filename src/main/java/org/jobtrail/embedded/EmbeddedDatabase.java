package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** A real PostgreSQL server on a directory that keeps its data. A server that a killed process left running is taken over. */
final class EmbeddedDatabase implements EmbeddedServer {
    private static final String USERNAME = "postgres";
    private static final int STARTS = 4;

    private final Path directory;
    private final Postmaster postmaster;
    private final String version;

    private EmbeddedDatabase(Path directory, Postmaster postmaster, String version) {
        this.directory = directory;
        this.postmaster = postmaster;
        this.version = version;
    }

    static EmbeddedDatabase start(Path directory) {
        try {
            PostgresBinaries binaries =
                    PostgresBinaries.unpacked(directory.toAbsolutePath().getParent());
            WholeDirectory.deleteDraftsOf(directory);
            WholeDirectory.ensure(directory, draft -> initialize(binaries, directory, draft));
            return started(binaries, directory);
        } catch (EmbeddedServersException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw doesNotStart(directory, "the start was interrupted", e);
        } catch (Exception e) {
            throw doesNotStart(directory, e.toString(), e);
        }
    }

    /**
     * More than one attempt, because what hinders goes away by itself: a server that is shutting down, one that a killed process
     * was just starting, sessions that outlive a killed server for a moment, a port that somebody took.
     */
    private static EmbeddedDatabase started(PostgresBinaries binaries, Path directory) throws Exception {
        Path cluster = directory.resolve("cluster").toRealPath();
        for (int attempt = 1; attempt <= STARTS; attempt++) {
            if (Postmaster.of(cluster).isEmpty()) {
                launch(binaries, directory, cluster);
            }
            Optional<Postmaster> postmaster = Postmaster.of(cluster);
            if (postmaster.isPresent()) {
                Optional<String> version = versionOnceReady(directory, postmaster.get());
                if (version.isPresent()) {
                    return new EmbeddedDatabase(directory, postmaster.get(), version.get());
                }
                postmaster.get().stop();
            }
            Pause.of(Duration.ofMillis(500));
        }
        throw doesNotStart(directory, lastComplaint(directory) + " (see server.log there)", null);
    }

    private static void initialize(PostgresBinaries binaries, Path directory, Path draft)
            throws IOException, InterruptedException {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Path plain = ownersOnly(draft.resolve("password"), password);
        int exit = binaries.run(
                draft.resolve("server.log"),
                "initdb",
                "--pgdata=" + draft.resolve("cluster"),
                "--username=" + USERNAME,
                "--auth=scram-sha-256",
                "--pwfile=" + plain,
                "--encoding=UTF8",
                // Part of the server, so that an index means the same on every machine and after every update of its
                // libraries.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C");
        Files.delete(plain);
        if (exit != 0) {
            throw doesNotStart(directory, lastComplaint(draft), null);
        }
        ownersOnly(draft.resolve("pgpass"), "*:*:*:" + USERNAME + ":" + password + "\n");
    }

    private static void launch(PostgresBinaries binaries, Path directory, Path cluster) throws Exception {
        Path log = directory.resolve("server.log");
        // One start's complaints are enough to understand it.
        Files.deleteIfExists(log);
        int port = new RememberedPort(directory.resolve("port")).find();
        // pg_ctl gives the server a session of its own: Ctrl-C in the terminal must reach us only, or we lose the
        // database
        // before the last rows are written.
        binaries.run(
                log,
                "pg_ctl",
                "start",
                "--silent",
                "--wait",
                "--timeout=60",
                "--pgdata=" + cluster,
                "--log=" + log.toAbsolutePath(),
                "--options=-p " + port + " -c listen_addresses=" + RememberedPort.HOST
                        + " -c unix_socket_directories= -c max_connections=100 -c timezone=UTC -c log_timezone=UTC"
                        + " -c fsync=on -c synchronous_commit=on -c full_page_writes=on");
    }

    private static Optional<String> versionOnceReady(Path directory, Postmaster postmaster) throws IOException {
        String[] version = new String[1];
        Pause.until(
                () -> {
                    version[0] = version(directory, postmaster.port()).orElse(null);
                    return version[0] != null || !postmaster.isRunning();
                },
                Duration.ofSeconds(30));
        return Optional.ofNullable(version[0]);
    }

    private static Optional<String> version(Path directory, int port) {
        Properties properties = new Properties();
        properties.put("user", USERNAME);
        properties.put("connectTimeout", "2");
        properties.put("socketTimeout", "5");
        try {
            properties.put("password", password(directory));
            try (Connection connection = DriverManager.getConnection(url(port), properties)) {
                return Optional.of(connection.getMetaData().getDatabaseProductVersion());
            }
        } catch (SQLException | IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Map<String, String> settings() {
        try {
            return Map.of(
                    "database.url",
                    url(postmaster.port()),
                    "database.username",
                    USERNAME,
                    "database.password",
                    password(directory));
        } catch (IOException e) {
            throw new EmbeddedServersException("The password in " + directory + " cannot be read.", e);
        }
    }

    @Override
    public String announcement() {
        return "PostgreSQL " + version + " in " + directory + ": psql \"host=" + RememberedPort.HOST + " port="
                + postmaster.port() + " user=" + USERNAME + " passfile=" + directory.resolve("pgpass") + "\"";
    }

    @Override
    public void close() {
        postmaster.stop();
    }

    private static String url(int port) {
        return "jdbc:postgresql://" + RememberedPort.HOST + ":" + port + "/postgres";
    }

    private static String password(Path directory) throws IOException {
        String line = Files.readString(directory.resolve("pgpass")).strip();
        return line.substring(line.lastIndexOf(':') + 1);
    }

    private static Path ownersOnly(Path file, String content) throws IOException {
        return Files.writeString(
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                content);
    }

    private static String lastComplaint(Path directory) throws IOException {
        return Files.readAllLines(directory.resolve("server.log")).stream()
                .filter(line -> line.contains("FATAL") || line.contains("error"))
                .reduce((first, last) -> last)
                .map(line -> line.replaceFirst(".*FATAL: *", ""))
                .orElse("it does not answer");
    }

    private static EmbeddedServersException doesNotStart(Path directory, String why, Throwable cause) {
        return new EmbeddedServersException(
                "PostgreSQL does not start in " + directory + ": " + why.strip()
                        + "; put that right, or set database.url to use another server.",
                cause);
    }
}
