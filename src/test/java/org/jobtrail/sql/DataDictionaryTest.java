package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the README says of tables and views is what the database says of itself. */
@ExtendWith(RealServers.class)
class DataDictionaryTest {

    private static final Pattern RELATION = Pattern.compile("\\*\\*`((?:jobtrail|report)\\.\\w+)`\\*\\*: (.*)");
    private static final Pattern COLUMN = Pattern.compile("\\| `(\\w+)` \\| (?:(?!.* \\| ).*|[^|]+ \\| .*) \\|");

    private final TestDatabase database;

    DataDictionaryTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void theDictionaryIsThatOfTheDatabase() throws IOException, SQLException {
        Map<String, Map<String, String>> documented = documented();

        assertThat(documented.keySet())
                .contains("jobtrail.job_history", "jobtrail.poll_receipt", "jobtrail.ledger_note")
                .containsAll(names("select 'report.' || viewname from pg_views where schemaname = 'report'"));
        for (var relation : documented.entrySet()) {
            assertThat(relation.getValue()).as(relation.getKey()).isEqualTo(described(relation.getKey()));
        }
    }

    @Test
    void everyColumnOfEveryTableAndViewSaysWhatItIs() throws SQLException {
        assertThat(names("""
                select attrelid::regclass || '.' || attname
                from pg_attribute join pg_class on pg_class.oid = attrelid
                where relnamespace in ('jobtrail'::regnamespace, 'report'::regnamespace) and relkind in ('r', 'v') and attnum > 0
                    and not attisdropped and relname <> 'flyway_schema_history' and col_description(attrelid, attnum) is null""")).isEmpty();
    }

    private List<String> names(String sql) throws SQLException {
        return database.column(sql).stream().map(String.class::cast).toList();
    }

    private Map<String, String> described(String relation) throws SQLException {
        var columns = new LinkedHashMap<String, String>();
        for (Map<String, Object> row : database.rows("""
                select attname, col_description(attrelid, attnum) as description from pg_attribute
                where attrelid = ?::regclass and attnum > 0 and not attisdropped order by attnum""", relation)) {
            columns.put((String) row.get("attname"), (String) row.get("description"));
        }
        return columns;
    }

    private static Map<String, Map<String, String>> documented() throws IOException {
        var relations = new LinkedHashMap<String, Map<String, String>>();
        Map<String, String> columns = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            Matcher relation = RELATION.matcher(line);
            Matcher column = COLUMN.matcher(line);
            if (relation.matches()) {
                columns = new LinkedHashMap<>();
                relations.put(relation.group(1), columns);
            } else if (line.equals("</details>")) {
                columns = new LinkedHashMap<>();
            } else if (column.matches()) {
                String[] cells = line.substring(2, line.length() - 2).split(" \\| ");
                columns.put(column.group(1), cells[cells.length - 1].replace("`", ""));
            }
        }
        return relations;
    }
}
