package org.jobtrail.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jobtrail.database.Database;

/** One PostgreSQL for all tests, with databases that are each test's own. */
public final class PostgresServer implements AutoCloseable {
    private static final String MIGRATED = "migrated";
    private static final Pattern VERSIONED = Pattern.compile("V(\\d+)__.*");

    private final RunningServers servers;
    private final TestDatabase first;
    private int databases;

    PostgresServer(RunningServers servers) {
        this.servers = servers;
        Map<String, String> settings = servers.settings();
        this.first = new TestDatabase(
                settings.get("database.url"),
                settings.get("database.migration.username"),
                settings.get("database.migration.password"));
    }

    /** A database with the tables of the program and nothing in them. */
    public synchronized TestDatabase migratedDatabase() throws SQLException {
        if (first.rows("select from pg_database where datname = ?", MIGRATED).isEmpty()) {
            migrate(create(MIGRATED, "template1"));
        }
        TestDatabase database = create("test_" + ++databases, MIGRATED);
        compared(database);
        return database;
    }

    /** A database without anything in it. */
    public synchronized TestDatabase emptyDatabase() throws SQLException {
        return create("test_" + ++databases, "template1");
    }

    /** The same data in a database of its own, as a restored backup has them. Nobody may be connected. */
    public synchronized TestDatabase copyOf(TestDatabase database) throws SQLException {
        return create("test_" + ++databases, nameOf(database));
    }

    /** The same, of which the server has no page of a table of ours in its memory. */
    public synchronized TestDatabase copyOfTheFilesOf(TestDatabase database) throws SQLException {
        return create("test_" + ++databases, nameOf(database) + " strategy file_copy");
    }

    private static String nameOf(TestDatabase database) {
        return database.url().replaceAll(".*/|\\?.*", "");
    }

    /** Does what the program does at its start. */
    public static void migrate(TestDatabase database) throws SQLException {
        try (var real = new Database(database.settings(), 1)) {
            real.migration().migrate(Path.of("").toAbsolutePath());
        }
        compared(database);
    }

    /** For who polls and has nobody that publishes. */
    private static void compared(TestDatabase database) throws SQLException {
        database.execute("select jobtrail.compared()");
    }

    /** Does what a program of an older version did; {@code home} is an empty folder. */
    public static void migrateAsOfVersion(int version, TestDatabase database, Path home) throws IOException {
        Path folder = copyMigrations(home, file -> {
            Matcher name = VERSIONED.matcher(file);
            return name.matches() && Integer.parseInt(name.group(1)) <= version;
        });
        Flyway.configure()
                .dataSource(database.url(), database.username(), database.password())
                .locations("filesystem:" + folder)
                .defaultSchema("jobtrail")
                .placeholderReplacement(false)
                .load()
                .migrate();
    }

    /** Copies some of them, by their file names, to where a program with this home looks for them; yields the folder of the versions. */
    public static Path copyMigrations(Path home, Predicate<String> which) throws IOException {
        for (String folder : List.of("sql/migration", "sql/function", "sql/view")) {
            Path copies = Files.createDirectories(home.resolve(folder));
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.toList()) {
                    if (which.test(file.getFileName().toString())) {
                        Files.copy(file, copies.resolve(file.getFileName()));
                    }
                }
            }
        }
        return home.resolve("sql/migration");
    }

    private TestDatabase create(String name, String template) throws SQLException {
        first.execute("create database %s template %s".formatted(name, template));
        return first.named(name);
    }

    @Override
    public void close() throws IOException {
        servers.close();
    }
}
