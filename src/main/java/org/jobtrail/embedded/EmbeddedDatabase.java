package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** A real PostgreSQL server on a directory that keeps its data. A server that a killed process left running is taken over. */
record EmbeddedDatabase(PostgresCluster cluster, Postmaster postmaster, String version, EndOfProcess end)
        implements EmbeddedServer {
    private static final int STARTS = 4;
    /** A server that replays what it wrote before a crash takes its time; one that hangs is stopped and started again. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    static EmbeddedDatabase start(Path directory) {
        try {
            return start(PostgresCluster.in(directory));
        } catch (EmbeddedServersException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw doesNotStart(directory, "the start was interrupted", e);
        } catch (IllegalStateException e) {
            throw doesNotStart(directory, e.getMessage(), e);
        } catch (Exception e) {
            throw doesNotStart(directory, e.toString(), e);
        }
    }

    private static EmbeddedDatabase start(PostgresCluster cluster) throws Exception {
        var end = new EndOfProcess(cluster);
        try {
            return start(cluster, end);
        } catch (Exception e) {
            end.forget();
            throw e;
        }
    }

    /**
     * More than one attempt, because what hinders goes away by itself: a server that is shutting down, one that a killed process
     * was just starting, sessions that outlive a killed server for a moment, a port that somebody took.
     */
    private static EmbeddedDatabase start(PostgresCluster cluster, EndOfProcess end) throws Exception {
        for (int attempt = 1; attempt <= STARTS; attempt++) {
            if (Postmaster.of(cluster.data()).isEmpty()) {
                end.launch();
            }
            Optional<Postmaster> postmaster = Postmaster.of(cluster.data());
            if (postmaster.isPresent()) {
                Optional<String> version = versionOnceReady(cluster, postmaster.get());
                if (version.isPresent()) {
                    return new EmbeddedDatabase(cluster, postmaster.get(), version.get(), end);
                }
                postmaster.get().stop();
            }
            Pause.of(Duration.ofMillis(500));
        }
        throw doesNotStart(cluster.directory(), cluster.lastComplaint() + " (see server.log there)", null);
    }

    private static Optional<String> versionOnceReady(PostgresCluster cluster, Postmaster postmaster)
            throws IOException {
        Properties properties = new Properties();
        properties.put("user", PostgresCluster.USERNAME);
        properties.put("password", cluster.password(PostgresCluster.USERNAME));
        properties.put("connectTimeout", "2");
        properties.put("socketTimeout", "5");
        String[] version = new String[1];
        Pause.until(
                () -> {
                    version[0] = version(url(postmaster.port()), properties);
                    return version[0] != null || !postmaster.isRunning();
                },
                RECOVERY);
        return Optional.ofNullable(version[0]);
    }

    private static String version(String url, Properties properties) {
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            return connection.getMetaData().getDatabaseProductVersion();
        } catch (SQLException e) {
            return null;
        }
    }

    @Override
    public Map<String, String> settings() {
        try {
            return Map.of(
                    "database.url", url(postmaster.port()),
                    "database.username", PostgresCluster.LOGIN,
                    "database.password", cluster.password(PostgresCluster.LOGIN),
                    "database.migration.username", PostgresCluster.USERNAME,
                    "database.migration.password", cluster.password(PostgresCluster.USERNAME));
        } catch (IOException e) {
            throw new EmbeddedServersException(
                    "The password of PostgreSQL cannot be read from " + cluster.passwordFile() + "; put the file back.",
                    e);
        }
    }

    @Override
    public String announcement() {
        return "PostgreSQL " + version + " in " + cluster.directory() + ": psql \"host=" + RememberedPort.HOST
                + " port=" + postmaster.port() + " user=" + PostgresCluster.USERNAME + " passfile="
                + cluster.passwordFile() + "\"";
    }

    @Override
    public void stopOnlyWhenClosed() {
        end.forget();
    }

    @Override
    public void close() {
        postmaster.stop();
        end.forget();
    }

    private static String url(int port) {
        return "jdbc:postgresql://" + RememberedPort.HOST + ":" + port + "/postgres";
    }

    private static EmbeddedServersException doesNotStart(Path directory, String why, Throwable cause) {
        return new EmbeddedServersException(
                "PostgreSQL does not start in " + directory + ": " + why
                        + "; put that right, or set database.url to use another server.",
                cause);
    }
}
