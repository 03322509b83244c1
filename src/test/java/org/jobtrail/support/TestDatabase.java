package org.jobtrail.support;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.settings.Settings;

/** A database of a test's own. Each statement has its own connection and is committed at once. */
public record TestDatabase(String url, String username, String password) {
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, username, password);
    }

    public List<Map<String, Object>> rows(String sql, Object... parameters) throws SQLException {
        try (Connection connection = connect()) {
            return rows(connection, sql, parameters);
        }
    }

    /** The only column of the only row. */
    public Object value(String sql, Object... parameters) throws SQLException {
        List<Map<String, Object>> rows = rows(sql, parameters);
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new AssertionError("expected one value, got " + rows);
        }
        return rows.get(0).values().iterator().next();
    }

    /** The values of the only column. */
    public List<Object> column(String sql, Object... parameters) throws SQLException {
        return rows(sql, parameters).stream()
                .map(row -> row.values().iterator().next())
                .toList();
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a statement of {@code sql/query/} as the routes do, with its named parameters. */
    public List<Map<String, Object>> query(String file, Map<String, ?> named) throws SQLException {
        try (Connection connection = connect()) {
            return new RouteStatement(file).run(connection, named);
        }
    }

    public Settings.Database settings() {
        return new Settings.Database(url, username, password, username, password);
    }

    TestDatabase named(String name) {
        return new TestDatabase(url.replaceAll("/[^/]*$", "/" + name), username, password);
    }

    static List<Map<String, Object>> rows(Connection connection, String sql, Object... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                return rows(result);
            }
        }
    }

    private static List<Map<String, Object>> rows(ResultSet result) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        while (result.next()) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
            }
            rows.add(row);
        }
        return rows;
    }

    @Override
    public String toString() {
        return url;
    }
}
