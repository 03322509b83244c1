package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jobtrail.database.Database;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.support.Await;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.text.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RealServers.class)
class MigrationTest {

    /** Rows of an organization as far as a migration reads them: their numbers, jobs, kinds and payloads. */
    private static final String ROWS = """
            insert into jobtrail.job_history
            select 'veeam', 'east', 1, seq, 'backup', id, null, kind, '{}', null, null, null, null, null, now(), now(), seq,
                payload, null, null, '', null, '', ''
            from (values %s) as line (seq, id, kind, payload)""";

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

        assertThat(versions).startsWith("1", "2", "3", "4", "5", "6", "7", "8").contains("10");
        assertThat(database.column(VERSIONS)).isEqualTo(versions);
    }

    @Test
    void theProtectionRunsAgainAfterTheNewestMigration() throws IOException {
        assertThat(Files.readString(Path.of("sql/migration/R__protection.sql")))
                .as("Flyway runs it again where its text has changed")
                .contains(" V" + version(newest()) + ".");
    }

    @Test
    void everyFunctionStandsWholeInOneFileAsPostgresqlHasIt() throws Exception {
        var functions = server.migratedDatabase().rows("""
                select format('create or replace function %s%s(', case when nspname = 'report' then 'report.' end, proname) as start,
                    case when prosqlbody is null then prosrc else '' end as body
                from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
                where nspname in ('jobtrail', 'report') and prokind = 'f'
                """);
        var texts = new ArrayList<String>();
        try (Stream<Path> files = Files.list(Path.of("sql/function"))) {
            for (Path file : files.toList()) {
                texts.addAll(List.of(Files.readString(file).split("(?=\ncreate or replace function )")));
            }
        }

        assertThat(functions)
                .allSatisfy(function -> assertThat(texts)
                        .filteredOn(text -> text.contains((String) function.get("start"))
                                && text.contains((String) function.get("body")))
                        .as((String) function.get("start"))
                        .isNotEmpty());
        assertThat(functions)
                .as("as many as there are, none of them twice")
                .hasSameSizeAs(texts.stream()
                        .filter(text -> text.startsWith("\ncreate or replace"))
                        .toList());
    }

    /** An older program that is started beside this one would put its own back, if it did not see by the version that they are newer. */
    @Test
    void whoeverChangesAFunctionOrAViewAddsAVersionThatNamesTheirDigest() throws IOException {
        var texts = new StringBuilder();
        for (String folder : List.of("sql/function", "sql/view")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.sorted().toList()) {
                    texts.append(file.getFileName()).append('\n').append(Files.readString(file));
                }
            }
        }
        String digest = Sha256.hex(texts.toString()).substring(0, 16);

        assertThat(Files.readString(newest()))
                .as("the newest version names the functions and views that come with it")
                .contains("-- Functions and views: " + digest);
    }

    private static Path newest() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("sql/migration"))) {
            return files.filter(file -> file.getFileName().toString().matches("V\\d+__.*"))
                    .max(Comparator.comparingInt(MigrationTest::version))
                    .orElseThrow();
        }
    }

    private static int version(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(1, name.indexOf("__")));
    }

    @Test
    void everyViewStandsWholeInAFileOfItsName() throws Exception {
        var views = server.migratedDatabase().rows("""
                select relname, case when nspname = 'report' then 'report.' else '' end || relname as name
                from pg_class join pg_namespace on pg_namespace.oid = relnamespace
                where nspname in ('jobtrail', 'report') and relkind = 'v'""");

        assertThat(views)
                .isNotEmpty()
                .allSatisfy(view -> assertThat(
                                Files.readString(Path.of("sql/view/R__%s.sql".formatted(view.get("relname")))))
                        .contains(
                                "create or replace view %s as".formatted(view.get("name")),
                                "comment on view " + view.get("name")));
        try (Stream<Path> files = Files.list(Path.of("sql/view"))) {
            assertThat(files).hasSameSizeAs(views);
        }
    }

    @Test
    void whatWasKnownOfAnOrganizationsOneListIsKnownOfItsBackupList(@TempDir Path before) throws Exception {
        var database = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(8, database, before);
        database.execute("""
                set search_path = jobtrail;
                select claim_poll('veeam', 'quiet', 'Quiet'), claim_poll('veeam', 'watched', 'Watched'),
                    claim_poll('veeam', 'never recorded', 'New');
                select record_poll(id, 1, 1, '[]', '[]', '[]',
                    '[{"job_type":"backup","digest":"0a","reason":"no id","raw":"{}"}]', null)
                from unnest(array['quiet', 'watched']) as id;
                select claim_poll('veeam', 'watched', 'Watched');
                select record_poll('watched', 2, 2, '[]', '[]', '[]', '[]', 'few');
                """);
        Object since = database.value(
                "select suspect_since from jobtrail.organization_head where organization_id = 'watched'");

        PostgresServer.migrate(database);

        assertThat(
                        database.rows(
                                "select organization_id, job_type, recorded_poll, suspect_digest, suspect_since, suspect_attempt from jobtrail.job_list order by organization_id"))
                .extracting(row -> new ArrayList<>(row.values()))
                .containsExactly(
                        new ArrayList<>(Arrays.asList("quiet", "backup", 1L, null, null, null)),
                        new ArrayList<>(Arrays.asList("watched", "backup", 1L, "few", since, 2L)));
        assertThat(database.column("select source from jobtrail.rejected_job")).containsExactly("veeam", "veeam");
        var ledger = new Ledger(database);
        assertThat(ledger.claim("watched"))
                .containsEntry("suspect_digest", "few")
                .containsEntry("first_poll", false);
        assertThat(ledger.claim("quiet")).containsEntry("claimed_poll", 2L).containsEntry("first_poll", false);
        assertThat(ledger.claim("never recorded")).containsEntry("first_poll", true);
        assertThat(new Ledger(database, "copy").claim("quiet")).containsEntry("first_poll", true);
    }

    @Test
    void whoGoesOnToRunBesideTheMigrationCanClaimAndWhoHasNoHistoryYetIsComparedFirst(@TempDir Path before)
            throws Exception {
        var running = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(24, running, before);
        running.execute("select jobtrail.claim_poll('veeam', 'east', 'East', 'backup', '1 day')");
        var empty = server.emptyDatabase();

        for (var database : List.of(running, empty)) {
            try (var real = new Database(database.settings(), 1)) {
                real.migration().migrate(Path.of("").toAbsolutePath());
            }
        }

        assertThat(running.value("select jobtrail.is_compared()")).isEqualTo(true);
        assertThat(empty.value("select jobtrail.is_compared()")).isEqualTo(false);
    }

    @Test
    void whereTheMigrationAndAProgramWaitForEachOtherTheOneThatPostgresqlEndsIsTriedAgain(@TempDir Path before)
            throws Exception {
        var database = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(36, database, before);

        try (Connection program = database.connect();
                var real = new Database(database.settings(), 1)) {
            try (var statement = program.createStatement()) {
                // The migration looks for the deadlock first, and finds that it has to give way.
                statement.execute("set deadlock_timeout = '1 min'");
                program.setAutoCommit(false);
                statement.execute("lock table jobtrail.job_history in share mode");
                var migration = CompletableFuture.runAsync(() -> migrate(real));
                Await.until(Duration.ofSeconds(30), () -> "the migration does not wait", () -> waits(database));
                statement.execute("lock table jobtrail.job_state in share mode");
                program.rollback();
                migration.get(1, TimeUnit.MINUTES);
            }
        }

        assertThat(database.column(VERSIONS)).contains("36", "37", "38");
    }

    private static boolean waits(TestDatabase database) throws SQLException {
        return (Boolean)
                database.value(
                        "select exists (select from pg_locks where not granted and relation = 'jobtrail.job_history'::regclass)");
    }

    private static void migrate(Database real) {
        try {
            real.migration().migrate(Path.of("").toAbsolutePath());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aJobThatIsMissingIsOfTheVersionInWhichItWasLastTold(@TempDir Path before) throws Exception {
        var database = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(30, database, before);
        database.execute(ROWS.formatted("""
                (1, 'a', 'created', '{"job":{"name":"\\"apiVersion\\":\\"v1\\""},"apiVersion":"v6"}'),
                (2, 'a', 'missing', '{"apiVersion":"v7"}')"""));
        database.execute("""
                set search_path = jobtrail;
                insert into sealed_row
                select source, organization_id, epoch, seq + 2, job_type, 'sealed', job_name, change_kind, changed_fields, enabled,
                    last_status, previous_status, last_run, next_run, observed_at, recorded_at, attempt,
                    '{"apiVersion":"v5"}', raw, salt, payload_digest, raw_digest, prev_hash, hash
                from job_history where seq = 1;
                insert into job_state (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
                values ('east', 'backup', 'a', '{}', '', '', 'v7', true, 0, 2),
                    ('east', 'backup', 'sealed', '{}', '', '', 'v7', true, 0, 4);
                """);

        PostgresServer.migrate(database);

        assertThat(database.column("select job_id || ' ' || api_version from jobtrail.job_state order by job_id"))
                .containsExactly("a v6", "sealed v5");
    }

    @Test
    void theSnapshotOfAJobIsThatOfItsLastRowSinceItIsKeptOnlyThere(@TempDir Path before) throws Exception {
        var database = server.emptyDatabase();
        PostgresServer.migrateAsOfVersion(51, database, before);
        database.execute(ROWS.formatted("""
                (1, 'a', 'created', '{"before":null,"after":{"name":"first"}}'),
                (2, 'a', 'configuration-changed', '{"before":{"name":"first"},"after":{"name":"second"}}'),
                (3, 'b', 'missing', '{"before":{"name":"gone"},"after":null}'),
                (4, 'c', 'erased', '{"kind":"erased","present":true}')"""));
        database.execute("""
                set search_path = jobtrail;
                insert into job_state (organization_id, job_type, job_id, snapshot, digest, raw_digest, api_version, missing, absent_polls, last_seq)
                values ('east', 'backup', 'a', '{"name":"second"}', '', '', 'v7', false, 2, 2),
                    ('east', 'backup', 'b', '{"name":"gone"}', '', '', 'v6', true, 0, 3),
                    ('east', 'backup', 'c', '{}', '', '', 'v7', false, 0, 4);
                """);
        String states = "select * from jobtrail.job_state order by job_id";
        var known = database.rows(states);

        PostgresServer.migrate(database);

        assertThat(database.rows(states)).usingRecursiveComparison().isEqualTo(known);
    }

    @Test
    void aProgramThatIsStartedOnTheTablesOfANewerOneLeavesItWhatItHas(@TempDir Path newer) throws Exception {
        var database = server.emptyDatabase();
        Path folder = PostgresServer.copyMigrations(newer, file -> true);
        Files.writeString(
                folder.resolve("V1000__newer.sql"),
                "create function jobtrail.newer() returns integer language sql return 1");
        Files.writeString(
                folder.resolve("R__protection.sql"),
                "grant execute on function jobtrail.newer() to jobtrail_writer;",
                StandardOpenOption.APPEND);
        try (var real = new Database(database.settings(), 1)) {
            real.migration().migrate(newer);

            real.migration().migrate(Path.of("").toAbsolutePath());
        }

        assertThat(database.value("select has_function_privilege('jobtrail_writer', 'jobtrail.newer()', 'execute')"))
                .isEqualTo(true);
        assertThat(database.column(VERSIONS)).endsWith("1000");
    }

    @Test
    void aMigrationThatBreaksOffLeavesNothingBehindIsNamedAndRunsThroughOnceItIsRight(@TempDir Path home)
            throws Exception {
        var database = server.emptyDatabase();
        Path broken = PostgresServer.copyMigrations(home, file -> true).resolve("V1000__broken.sql");
        Files.writeString(broken, "create table jobtrail.half (n integer); select 1 / 0");

        try (var real = new Database(database.settings(), 1)) {
            assertThatThrownBy(() -> real.migration().migrate(home))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContainingAll(
                            "could not bring the tables up to date", "V1000__broken.sql", "division by zero");
            assertThat(database.value("select to_regclass('jobtrail.half')")).isNull();
            assertThat(database.column(VERSIONS)).doesNotContain("1000");

            Files.writeString(broken, "create table jobtrail.half (n integer)");
            real.migration().migrate(home);
        }

        assertThat(database.column(VERSIONS)).endsWith("1000");
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
