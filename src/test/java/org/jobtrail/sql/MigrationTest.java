package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
class MigrationTest {

    private static final String VERSIONS =
            "select version from jobtrail.flyway_schema_history where success and version is not null order by version::int";

    private final PostgresServer server;

    MigrationTest(PostgresServer server) {
        this.server = server;
    }

    @Test
    void anEmptyDatabaseGetsEveryMigrationOnce() throws SQLException {
        var database = server.emptyDatabase();

        PostgresServer.migrate(database);
        var versions = database.column(VERSIONS);
        PostgresServer.migrate(database);

        assertThat(versions).startsWith("1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(database.column(VERSIONS)).isEqualTo(versions);
    }

    @Test
    void severalDatabasesOfOneServerCanBeMigrated() throws SQLException {
        var first = server.emptyDatabase();
        var second = server.emptyDatabase();

        PostgresServer.migrate(first);
        PostgresServer.migrate(second);

        assertThat(second.column(VERSIONS)).isEqualTo(first.column(VERSIONS));
    }

    @Test
    void everyTableAndViewHasAComment() throws SQLException {
        assertThat(server.migratedDatabase().column("""
                        select oid::regclass::text from pg_class
                        where relnamespace in ('jobtrail'::regnamespace, 'report'::regnamespace)
                            and relkind in ('r', 'p', 'v', 'm') and relname <> 'flyway_schema_history'
                            and obj_description(oid, 'pg_class') is null
                        """)).isEmpty();
    }

    @Test
    void everyColumnHasAComment() throws SQLException {
        assertThat(server.migratedDatabase().column("""
                        select attrelid::regclass || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
                        where relnamespace in ('jobtrail'::regnamespace, 'report'::regnamespace)
                            and relkind in ('r', 'p', 'v', 'm') and relname <> 'flyway_schema_history'
                            and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is null
                        order by attrelid, attnum
                        """)).isEmpty();
    }

    @Test
    void everyFunctionHasAComment() throws SQLException {
        assertThat(server.migratedDatabase().column("""
                        select oid::regprocedure::text from pg_proc
                        where pronamespace in ('jobtrail'::regnamespace, 'report'::regnamespace)
                            and obj_description(oid, 'pg_proc') is null
                        """)).isEmpty();
    }

    @Test
    void theSchemaOfTheWarehouseHasViewsOnly() throws SQLException {
        assertThat(
                        server.migratedDatabase()
                                .column(
                                        "select relname from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'"))
                .containsExactlyInAnyOrder("current_job", "job_version", "status_change", "daily_status", "coverage");
    }
}
