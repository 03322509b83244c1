package org.jobtrail.benchmark;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A database and topics of their own for each part: what one has left behind does not slow the next. */
final class Stage implements AutoCloseable {

    private static final int PARTITIONS = 12;

    private final Servers servers;
    private final String name;

    Stage(Servers servers, String name) throws SQLException {
        this.servers = servers;
        this.name = name;
        inDefaultDatabase("create database " + name);
    }

    Servers servers() {
        return servers;
    }

    Connection connect() throws SQLException {
        return servers.connect(name);
    }

    String databaseUrl() {
        return servers.url(name);
    }

    String topic(String suffix) {
        return name + "." + suffix;
    }

    String events() {
        return topic("job-events");
    }

    String states() {
        return topic("jobs");
    }

    /** Who is compared has to have done its work. */
    void requireRows(String table, long expected) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            if (row.getLong(1) != expected) {
                throw new IllegalStateException(
                        "%s holds %d rows instead of %d".formatted(table, row.getLong(1), expected));
            }
        }
    }

    /** What tells Jobtrail that it shall work here. */
    Map<String, String> environment() {
        return Map.of(
                "DATABASE_URL", databaseUrl(),
                "KAFKA_TOPIC_EVENTS", events(),
                "KAFKA_TOPIC_STATE", states(),
                "KAFKA_TOPIC_CURSOR", topic("publisher-cursor"),
                "KAFKA_TOPIC_CHECKPOINTS", topic("checkpoints"));
    }

    /** @return its name */
    String createTopic(String suffix) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic(suffix), Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
        return topic(suffix);
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()));
    }

    private void inDefaultDatabase(String sql) throws SQLException {
        try (Connection connection = servers.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        inDefaultDatabase("drop database if exists %s with (force)".formatted(name));
        try (Admin admin = admin()) {
            Set<String> ours = new TreeSet<>(admin.listTopics().names().get());
            ours.removeIf(topic -> !topic.startsWith(name + "."));
            admin.deleteTopics(ours).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
