package org.jobtrail.benchmark;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;

/**
 * How long PostgreSQL takes to be given the rows of a poll by COPY: the very rows, into a table with the same columns, indexes and
 * storage, and nothing else done. Over one connection, and over two; whichever is faster counts. What PostgreSQL would do about that
 * table afterwards is not done: it would be done while others are measured.
 */
final class CopyFloor implements AutoCloseable {

    private static final int SHARES = 2;

    private final Stage stage;
    private final Path directory;
    private final ExecutorService threads = Executors.newFixedThreadPool(SHARES);

    CopyFloor(Stage stage, Path directory) throws SQLException {
        this.stage = stage;
        this.directory = directory;
        execute("""
                create schema benchmark;
                create table benchmark.history (like jobtrail.job_history including all);
                do $$ begin execute (
                    select format('alter table benchmark.history set (%s)', array_to_string(reloptions, ', '))
                    from pg_class where oid = 'jobtrail.job_history'::regclass);
                end $$;
                alter table benchmark.history set (autovacuum_enabled = off)""");
    }

    double seconds(long attempt) throws Exception {
        List<Path> shares = new ArrayList<>();
        for (int i = 0; i < SHARES; i++) {
            shares.add(copyOut(attempt, i));
        }
        double one = copyIn(List.of(shares));
        double two = copyIn(shares.stream().map(List::of).toList());
        for (Path share : shares) {
            Files.delete(share);
        }
        return Math.min(one, two);
    }

    private Path copyOut(long attempt, int share) throws Exception {
        Path file = Files.createTempFile(directory, "rows", ".copy");
        try (Connection connection = stage.connect();
                OutputStream out = Files.newOutputStream(file)) {
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut("""
                            copy (select * from jobtrail.job_history where attempt = %d
                                and hashtext(organization_id) & 1 = %d order by organization_id, seq)
                            to stdout (format binary)""".formatted(attempt, share), out);
        }
        return file;
    }

    /** Each list of files over a connection of its own. */
    private double copyIn(List<List<Path>> connections) throws Exception {
        execute("truncate benchmark.history");
        long start = System.nanoTime();
        var copies = new ArrayList<Future<?>>();
        for (List<Path> files : connections) {
            copies.add(threads.submit(() -> {
                copyInOneTransaction(files);
                return null;
            }));
        }
        for (Future<?> copy : copies) {
            copy.get();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void copyInOneTransaction(List<Path> files) throws Exception {
        try (Connection connection = stage.connect()) {
            connection.setAutoCommit(false);
            compressAsJobtrailDoes(connection);
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn("copy benchmark.history from stdin (format binary)", in, 64_000);
                }
            }
            connection.commit();
        }
    }

    private static void compressAsJobtrailDoes(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select set_config(name, 'lz4', true) from pg_settings"
                    + " where name = 'default_toast_compression' and 'lz4' = any (enumvals)");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = stage.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
