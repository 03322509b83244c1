package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/** What a PostgreSQL server has on disk: its data, its password, its log and its port. */
record PostgresCluster(Path directory, PostgresBinaries binaries) {
    static final String USERNAME = "postgres";

    /** Whom the program runs as: the superuser only sets up. */
    static final String LOGIN = "jobtrail";

    /** What is known of 200,000 jobs; with the default, a poll in which many change would fetch each page and put it back. */
    private static final String MEMORY = "512MB";

    /** Some polls of 100,000 changes: whatever is changed after a checkpoint is written to the log as a whole page first. */
    private static final String LOG = "4GB";

    /** Opens the directory, after initdb if there is none yet. */
    static PostgresCluster in(Path directory) throws Exception {
        PostgresBinaries binaries =
                PostgresBinaries.unpacked(directory.toAbsolutePath().getParent());
        WholeDirectory.deleteDrafts(directory, Duration.ZERO);
        WholeDirectory.ensure(directory, draft -> new PostgresCluster(draft, binaries).initialize());
        return new PostgresCluster(directory, binaries);
    }

    Path data() {
        return directory.resolve("cluster").toAbsolutePath();
    }

    /** In the form that psql reads; any local user could otherwise become this server's superuser, and so run programs as us. */
    Path passwordFile() {
        return directory.resolve("pgpass");
    }

    String password(String username) throws IOException {
        for (String line : Files.readAllLines(passwordFile())) {
            if (line.startsWith(line(username, ""))) {
                return line.substring(line.lastIndexOf(':') + 1);
            }
        }
        String password = newPassword();
        Files.writeString(passwordFile(), line(username, password) + "\n", StandardOpenOption.APPEND);
        return password;
    }

    private static String line(String username, String password) {
        return "*:*:*:" + username + ":" + password;
    }

    private static String newPassword() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Starts the server and waits until it is ready or has failed; which of them, the directory tells. */
    void launch() throws IOException, InterruptedException {
        // One start's complaints are enough to understand it.
        Files.deleteIfExists(log());
        int port = new RememberedPort(directory.resolve("port")).find();
        // pg_ctl gives the server a session of its own: Ctrl-C in the terminal must
        // reach us only, or the database is gone before the last rows are written.
        binaries.run(
                log(),
                "pg_ctl",
                "start",
                "--silent",
                "--wait",
                // After a kill, all of the log since the last checkpoint may have to be read.
                "--timeout=180",
                "--pgdata=" + data(),
                "--log=" + log().toAbsolutePath(),
                "--options=-p " + port + " -c listen_addresses=" + RememberedPort.HOST
                        + " -c unix_socket_directories= -c max_connections=100 -c timezone=UTC -c log_timezone=UTC"
                        + " -c fsync=on -c synchronous_commit=on -c full_page_writes=on"
                        + " -c shared_buffers=" + MEMORY + " -c max_wal_size=" + LOG);
    }

    String lastComplaint() throws IOException {
        if (!Files.exists(log())) {
            return "it does not answer";
        }
        return Files.readAllLines(log()).stream()
                .filter(line -> line.contains("FATAL") || line.contains("error"))
                .reduce((first, last) -> last)
                .map(line -> line.replaceFirst(".*FATAL: *", "").strip())
                .orElse("it does not answer");
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private void initialize() throws IOException, InterruptedException {
        String password = newPassword();
        Path plain = ownersOnly(directory.resolve("password"), password);
        int exit = binaries.run(
                log(),
                "initdb",
                "--pgdata=" + data(),
                "--username=" + USERNAME,
                "--auth=scram-sha-256",
                "--pwfile=" + plain,
                "--encoding=UTF8",
                // The server's own: an index means the same on every machine and after every update of its libraries.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C");
        Files.delete(plain);
        if (exit != 0) {
            throw new IllegalStateException(lastComplaint());
        }
        ownersOnly(passwordFile(), line(USERNAME, password) + "\n");
    }

    private static Path ownersOnly(Path file, String content) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }
}
