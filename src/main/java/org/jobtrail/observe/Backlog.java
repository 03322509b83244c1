package org.jobtrail.observe;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jobtrail.failure.Reason;

/** What of the history is not on Kafka yet. */
public final class Backlog {

    private static final String QUERY = """
            select coalesce(sum(head.last_seq - coalesce(publication.published_seq, 0)), 0),
                coalesce(sum(head.last_seq - publication.published_seq) filter (where publication.halted is not null), 0),
                coalesce(extract(epoch from clock_timestamp() - min(oldest.recorded_at)), 0)
            from jobtrail.organization_head head
            left join jobtrail.publication using (organization_id)
            cross join lateral (
                select recorded_at from jobtrail.job_history line
                where line.organization_id = head.organization_id and line.seq > coalesce(publication.published_seq, 0)
                order by line.seq limit 1
            ) oldest
            where head.last_seq > coalesce(publication.published_seq, 0)
            """;

    private final DataSource database;

    public Backlog(DataSource database) {
        this.database = database;
    }

    /** How many rows wait, how many of them because their organization is halted, and for how long the oldest. */
    public record Waiting(long rows, long halted, double seconds) {}

    public Waiting waiting() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            return waiting(statement);
        }
    }

    /** The organizations of which nothing more is published, and why; whichever instance publishes. */
    public Map<String, String> halted() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            return halted(statement);
        }
    }

    /** All that can be known at the moment, by one connection. */
    DatabaseLook look() {
        try (var connection = database.getConnection()) {
            return look(connection);
        } catch (SQLException e) {
            return DatabaseLook.failed(Reason.of(e));
        }
    }

    private static DatabaseLook look(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            if (!hasTables(statement)) {
                return DatabaseLook.failed("the tables are not there yet");
            }
            Optional<String> problem = WriteAccess.problem(statement);
            // It has answered: whether the program is ready does not depend on how much waits.
            var problems = new ArrayList<String>();
            Optional<Map<String, String>> halted = ask(() -> halted(statement), problems);
            Optional<Waiting> waiting = ask(() -> waiting(statement), problems);
            return new DatabaseLook(problem, waiting, halted, problems.stream().findFirst());
        }
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    /** Each by itself: one that takes too long keeps nobody from knowing the other. */
    private static <T> Optional<T> ask(Question<T> question, List<String> problems) {
        try {
            return Optional.of(question.ask());
        } catch (SQLException e) {
            problems.add(Reason.of(e));
            return Optional.empty();
        }
    }

    private static boolean hasTables(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select to_regclass('jobtrail.publication') is not null")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static Waiting waiting(Statement statement) throws SQLException {
        try (var row = statement.executeQuery(QUERY)) {
            row.next();
            return new Waiting(row.getLong(1), row.getLong(2), row.getDouble(3));
        }
    }

    private static Map<String, String> halted(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select organization_id, halted from jobtrail.publication"
                + " where halted is not null order by organization_id")) {
            var halted = new LinkedHashMap<String, String>();
            while (row.next()) {
                halted.put(row.getString(1), row.getString(2));
            }
            return halted;
        }
    }
}
