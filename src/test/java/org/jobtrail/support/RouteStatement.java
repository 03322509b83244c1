package org.jobtrail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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
        return TestDatabase.rows(connection, PARAMETER.matcher(sql).replaceAll("?"), parameters.toArray());
    }

    private String text() {
        try {
            return Files.readString(Path.of("sql/query", name + ".sql"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
