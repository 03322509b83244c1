package org.jobtrail.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jobtrail.database.SqlState;
import org.jobtrail.verify.Finding.Kind;

/**
 * What the migrations install so that nobody edits the ledger, against what is there. {@code protection.txt} holds the lines that
 * {@code protection.sql} yields of a database as it was installed, the first of them its version.
 */
public final class Protection {

    private static final String VERSION = """
            select 'version ' || coalesce(max(version::integer), 0) from jobtrail.flyway_schema_history
            where success and version is not null""";

    private final Connection connection;

    public Protection(Connection connection) {
        this.connection = connection;
    }

    /** The lines of this database. */
    public List<String> lines() throws SQLException {
        // So that every name is said in full.
        execute("set search_path = pg_catalog; set quote_all_identifiers = off");
        var lines = new ArrayList<String>(column(VERSION));
        lines.addAll(column(resource("protection.sql")));
        return lines;
    }

    /** @throws UnverifiableException where the tables are not those of this program, so that there is nothing to compare with */
    void requireVersion() throws SQLException {
        String expected = expected().get(0);
        List<String> version;
        try {
            version = column(VERSION);
        } catch (SQLException e) {
            if (SqlState.is(e, SqlState.UNDEFINED_TABLE)) {
                throw new UnverifiableException("this database holds no history of Jobtrail");
            }
            throw e;
        }
        if (!version.get(0).equals(expected)) {
            throw new UnverifiableException(
                    "the tables of this database are of %s, this program's are of %s: verify with the program that runs on it"
                            .formatted(version.get(0), expected));
        }
    }

    void verify(Findings findings) throws SQLException {
        List<String> expected = expected();
        List<String> there = lines();
        without(expected, there)
                .forEach(line -> findings.add(Kind.PROTECTION_WEAKENED, "installed, and not there any more: %s", line));
        without(there, expected).forEach(line -> findings.add(Kind.PROTECTION_WEAKENED, "never installed: %s", line));
    }

    /** The accounts that may act as who owns the tables, or remove rows: nothing else keeps them from it. */
    List<String> owners() throws SQLException {
        return column("""
                select rolname from pg_roles
                where rolcanlogin and (pg_has_role(oid, 'jobtrail_owner', 'MEMBER') or pg_has_role(oid, 'jobtrail_retention', 'MEMBER')
                    or pg_has_role(oid, 'pg_write_all_data', 'MEMBER'))
                order by rolname""");
    }

    public static List<String> expected() {
        return resource("protection.txt").lines().toList();
    }

    private static List<String> without(List<String> lines, List<String> others) {
        var left = new ArrayList<>(lines);
        left.removeAll(new HashSet<>(others));
        return left;
    }

    private List<String> column(String sql) throws SQLException {
        var lines = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Protection.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
