package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.verify.Protection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who writes the ledger can do so through its functions only, and what verify expects is what the migrations install. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ProtectionTest {

    private static final Path EXPECTED = Path.of("src/main/resources/org/jobtrail/verify/protection.txt");

    private final TestDatabase database;

    ProtectionTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeAll
    void aHistory() throws SQLException {
        var ledger = new Ledger(database);
        ledger.poll("east", 3);
        database.rows("select attempt from jobtrail.open_attempt('%s')".formatted(Ledger.SOURCE));
    }

    /** After a change of the tables: {@code mvn test -Dtest=ProtectionTest -Dprotection.update=true}. */
    @Test
    void theMigrationsInstallWhatVerifyExpects() throws SQLException, IOException {
        List<String> lines;
        try (Connection connection = database.connect()) {
            lines = new Protection(connection).lines();
        }
        if (Boolean.getBoolean("protection.update")) {
            Files.writeString(EXPECTED, String.join("\n", lines) + "\n");
        }

        assertThat(Files.readAllLines(EXPECTED))
                .as("run this test with -Dprotection.update=true, and look at what that changes in %s", EXPECTED)
                .isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"job_history", "poll_receipt", "organization_list", "ledger_note", "sealed_row"})
    void everyTableOfEvidenceHasItsTwoTriggers(String table) throws IOException {
        assertThat(Files.readAllLines(EXPECTED))
                .filteredOn(line -> line.startsWith("trigger always: ") && line.contains(" ON jobtrail." + table + " "))
                .hasSize(2)
                .anyMatch(line -> line.contains("BEFORE DELETE OR UPDATE") && line.contains("FOR EACH ROW"))
                .anyMatch(line -> line.contains("BEFORE TRUNCATE") && line.contains("FOR EACH STATEMENT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobtrail_writer | update jobtrail.job_history set raw = raw",
                "jobtrail_writer | delete from jobtrail.job_history",
                "jobtrail_writer | truncate jobtrail.job_history",
                "jobtrail_writer | alter table jobtrail.job_history disable trigger job_history_append_only",
                "jobtrail_writer | alter table jobtrail.job_history disable trigger all",
                "jobtrail_writer | drop trigger job_history_append_only on jobtrail.job_history",
                "jobtrail_writer | insert into jobtrail.job_history select (jsonb_populate_record(line, '{\"seq\": 9}')).* from jobtrail.job_history line where seq = 1",
                "jobtrail_writer | insert into jobtrail.lawful_change values (pg_current_xact_id(), 'retain')",
                "jobtrail_writer | insert into jobtrail.ledger_note select 1, now(), 'seal', null, '', null, '', '', ''",
                "jobtrail_writer | update jobtrail.organization_head set last_seq = 0",
                "jobtrail_writer | update jobtrail.known_job set missing = true",
                "jobtrail_writer | delete from jobtrail.poll_receipt",
                "jobtrail_writer | select jobtrail.append_note('seal', null, '', null)",
                "jobtrail_writer | select jobtrail.append_changes(head, now(), 1, '[]') from jobtrail.organization_head head",
                "jobtrail_writer | select jobtrail.append_changes(array[head], now(), 1, '{0}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') from jobtrail.organization_head head",
                "jobtrail_writer | create or replace function jobtrail.refuse_change() returns trigger language plpgsql as 'begin return new; end'",
                "jobtrail_writer | create table jobtrail.another ()",
                "jobtrail_writer | set role jobtrail_owner; delete from jobtrail.job_history",
                "jobtrail_publisher | update jobtrail.job_history set raw = raw",
                "jobtrail_publisher | select jobtrail.record_polls(1, '[]', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '[]', '[]')",
                "jobtrail_auditor | delete from jobtrail.job_history",
                "jobtrail_auditor | select jobtrail.open_attempt('veeam')",
                "jobtrail_reader | select count(*) from jobtrail.job_history",
            })
    void whoIsNotTheOwnerIsRefused(String role, String sql) throws SQLException {
        Object rows = rows();

        assertThatThrownBy(() -> executeAs(role, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("42501"));
        assertThat(rows()).isEqualTo(rows);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update jobtrail.job_history set raw = raw",
                "delete from jobtrail.job_history where seq = 3",
                "truncate jobtrail.job_history",
                "set session_replication_role = replica; delete from jobtrail.job_history where seq = 3",
                "set session_replication_role = replica; truncate jobtrail.job_history",
            })
    void theTriggersRefuseEvenASuperuser(String sql) throws SQLException {
        Object rows = rows();

        assertThatThrownBy(() -> database.execute(sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("JT004"));
        assertThat(rows()).isEqualTo(rows);
    }

    private void executeAs(String role, String sql) throws SQLException {
        // As a login that is a member of nothing but the role: a superuser could go back to what it is.
        database.execute("set session authorization %s; %s".formatted(role, sql));
    }

    private Object rows() throws SQLException {
        return database.value("select md5(string_agg(line::text, '' order by seq)) from jobtrail.job_history line");
    }
}
