package org.jobtrail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement of {@code sql/query/}, with its named parameters, as the routes run it. */
public record RouteStatement(String name) {

    private static final Pattern PARAMETER = Pattern.compile(":\\?(\\w+)");

    public List<Map<String, Object>> run(Connection connection, Map<String, ?> named) throws SQLException {
        String sql = text();
        List<Object> parameters = new ArrayList<>();
        Matcher names = PARAMETER.matcher(sql);
        while (names.find()) {
            if (!named.containsKey(names.group(1))) {
                throw new AssertionError(name + " also takes " + names.group(1));
            }
            parameters.add(named.get(names.group(1)));
        }
        return rows(connection, PARAMETER.matcher(sql).replaceAll("?"), parameters.toArray());
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

    private String text() {
        try {
            return Files.readString(Path.of("sql/query", name + ".sql"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
