package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.jobtrail.support.Ledger.change;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jobtrail.database.Database;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ReportTest {

    private final TestDatabase database;
    private final Ledger ledger;

    ReportTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @Test
    void aJobsVersionsFollowEachOtherWithoutOverlapOrGap() throws SQLException {
        ledger.poll("versions", List.of(change("job", "created"), change("other", "created")));
        ledger.poll("versions", List.of(change("job", "disabled"), change("job", "status-changed")));
        ledger.poll("versions", List.of(change("other", "status-changed")));
        ledger.poll("versions", List.of(change("job", "missing")));

        List<Map<String, Object>> versions = database.rows("""
                        select seq, present, valid_to = lead(valid_from) over (order by valid_from) as meets,
                            valid_from < valid_to as proper, valid_to is null as latest
                        from report.job_version where organization_id = 'versions' and job_id = 'job' order by valid_from
                        """);
        // Row 3 was overtaken by row 4 in the same poll: no moment has that version.
        assertThat(versions).extracting(row -> row.get("seq")).containsExactly(1L, 4L, 6L);
        assertThat(versions).extracting(row -> row.get("present")).containsExactly(true, true, false);
        assertThat(versions).extracting(row -> row.get("meets")).containsExactly(true, true, null);
        assertThat(versions).extracting(row -> row.get("proper")).containsExactly(true, true, null);
        assertThat(versions).extracting(row -> row.get("latest")).containsExactly(false, false, true);
    }

    @Test
    void everyMomentSinceAJobWasFirstSeenHasExactlyOneVersion() throws SQLException {
        for (int poll = 0; poll < 5; poll++) {
            ledger.poll(
                    "moments",
                    List.of(change("job", poll == 0 ? "created" : "status-changed"), change("job", "rescheduled")));
        }

        assertThat(database.column("""
                        select count(version) from (
                            select distinct observed_at as moment from jobtrail.job_history where organization_id = 'moments'
                        ) moments
                        left join report.job_version version
                            on version.organization_id = 'moments' and version.valid_from <= moment
                            and (version.valid_to is null or moment < version.valid_to)
                        group by moment
                        """)).hasSize(5).containsOnly(1L);
    }

    /** One or two for each view, in README. */
    @Test
    void theDocumentedQueriesCanBeAsked() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String queries = readme.split("A real query or two for each view:\\s+```sql", 2)[1]
                .split("```", 2)[0];
        ledger.poll("b2d9414d-c417-4a94-be3b-b38a3c2e8a7b", List.of(change("job", "created")));

        List<String> asked =
                Stream.of(queries.split(";")).filter(sql -> !sql.isBlank()).toList();

        assertThat(asked)
                .hasSizeGreaterThan(5)
                .allSatisfy(sql -> assertThatCode(() -> database.rows(sql)).doesNotThrowAnyException());
        for (String view : List.of("current_job", "job_version", "status_change", "daily_status", "coverage")) {
            assertThat(queries).contains("report." + view);
        }
    }

    @Test
    void theCurrentJobIsWhatItsLastRowSays() throws SQLException {
        ledger.poll("current", List.of(change("kept", "created"), change("gone", "created")));
        ledger.poll(
                "current",
                List.of(
                        change("kept", "disabled", Map.of("enabled", false)),
                        change("kept", "status-changed", Map.of("enabled", false, "last_status", "Warning")),
                        change("gone", "missing")));

        assertThat(database.rows("""
                        select job_id, organization_name, present, enabled, last_status, change_kind, seq
                        from report.current_job where organization_id = 'current' order by job_id
                        """))
                .containsExactly(
                        Map.of(
                                "job_id", "gone",
                                "organization_name", "current Ltd",
                                "present", false,
                                "enabled", true,
                                "last_status", "Success",
                                "change_kind", "missing",
                                "seq", 5L),
                        Map.of(
                                "job_id", "kept",
                                "organization_name", "current Ltd",
                                "present", true,
                                "enabled", false,
                                "last_status", "Warning",
                                "change_kind", "status-changed",
                                "seq", 4L));
    }

    @Test
    void statusChangesAreTheRowsOfThatKind() throws SQLException {
        ledger.poll("statuses", List.of(change("job", "created")));
        ledger.poll(
                "statuses",
                List.of(change(
                        "job", "status-changed", Map.of("previous_status", "Success", "last_status", "Failed"))));
        ledger.poll("statuses", List.of(change("job", "run-completed", Map.of("last_status", "Failed"))));

        assertThat(database.rows("""
                        select job_name, previous_status, last_status, seq from report.status_change
                        where organization_id = 'statuses'
                        """))
                .containsExactly(Map.of(
                        "job_name", "Name of job", "previous_status", "Success", "last_status", "Failed", "seq", 2L));
    }

    @Test
    void aDayOfAJobEndsAtMidnightUtcAndHasTheLastStatusAndWhatWasSeen() throws SQLException {
        database.execute("update jobtrail.report_setting set time_zone = 'UTC'");
        day(1, "2026-03-01T23:00:00Z", "created", "Success");
        day(2, "2026-03-01T23:59:59.999999Z", "status-changed", "Failed");
        day(3, "2026-03-02T00:00:00Z", "status-changed", "WARNING");
        day(4, "2026-03-02T12:00:00Z", "run-completed", "WARNING");
        day(5, "2026-03-02T13:00:00Z", "rescheduled", "WARNING");

        assertThat(database.rows("""
                        select day::text, last_status, runs_seen, failures, warnings from report.daily_status
                        where organization_id = 'days' order by day
                        """))
                .containsExactly(
                        Map.of(
                                "day",
                                "2026-03-01",
                                "last_status",
                                "Failed",
                                "runs_seen",
                                1L,
                                "failures",
                                1L,
                                "warnings",
                                0L),
                        Map.of(
                                "day",
                                "2026-03-02",
                                "last_status",
                                "WARNING",
                                "runs_seen",
                                2L,
                                "failures",
                                0L,
                                "warnings",
                                2L));
    }

    @Test
    void aRunIsCountedOnceWhereItEndsAndAlsoWhereItFailsAsTheOneBefore() throws SQLException {
        database.execute("update jobtrail.report_setting set time_zone = 'UTC'");
        row("nights", 1, "2026-11-02T01:00:00Z", "status-changed", "lastStatus", "Failed");
        row("nights", 2, "2026-11-03T01:00:00Z", "run-completed", "lastRun", "Failed");
        row("nights", 3, "2026-11-03T01:10:00Z", "run-completed", "lastBackup", "Failed");
        row("nights", 4, "2026-11-04T01:00:00Z", "status-changed", "lastStatus", "Queued");
        row("nights", 5, "2026-11-04T01:01:00Z", "status-changed", "lastStatus", "Running");
        row("nights", 6, "2026-11-04T01:30:00Z", "status-changed", "lastStatus", "Failed");
        row("nights", 7, "2026-11-05T01:30:00Z", "status-changed", "lastStatus", "Running");
        row("nights", 8, "2026-11-05T01:40:00Z", "run-completed", "lastRun", "Running");
        row("nights", 9, "2026-11-05T01:50:00Z", "status-changed", "lastStatus", "Warning");
        row("nights", 10, "2026-11-05T02:50:00Z", "status-changed", "lastStatus", "Disconnected");

        assertThat(database.rows("""
                        select day::text, runs_seen, failures, warnings from report.daily_status
                        where organization_id = 'nights' order by day
                        """))
                .extracting(row -> "%s: %s, %s failed, %s with a warning"
                        .formatted(row.get("day"), row.get("runs_seen"), row.get("failures"), row.get("warnings")))
                .containsExactly(
                        "2026-11-02: 1, 1 failed, 0 with a warning",
                        "2026-11-03: 1, 1 failed, 0 with a warning",
                        "2026-11-04: 1, 1 failed, 0 with a warning",
                        "2026-11-05: 2, 0 failed, 1 with a warning");
    }

    @Test
    void nobodyRanWhereTheServerOnlyTellsAgainWhatItHadLeftOut() throws SQLException {
        String run = "2026-11-02T01:00:00Z";
        row("odd", 1, "2026-11-02T01:01:00Z", "created", "", null, "Failed", run);
        row("odd", 2, "2026-11-02T02:00:00Z", "run-completed", "lastRun", "Failed", "Failed", null);
        row("odd", 3, "2026-11-02T03:00:00Z", "run-completed", "lastRun", "Failed", "Failed", run);
        row("odd", 4, "2026-11-02T04:00:00Z", "status-changed", "lastStatus", "Failed", "Disconnected", run);
        row("odd", 5, "2026-11-02T05:00:00Z", "status-changed", "lastStatus", "Disconnected", "Failed", run);
        row("odd", 6, "2026-11-02T06:00:00Z", "status-changed", "lastStatus", "Failed", null, run);
        row("odd", 7, "2026-11-02T07:00:00Z", "status-changed", "lastStatus", null, "Failed", run);
        row("odd", 8, "2026-11-03T02:00:00Z", "run-completed", "lastRun", "Failed", "Failed", "2026-11-03T01:00:00Z");
        row("odd", 9, "2026-11-03T04:00:00Z", "status-changed", "lastStatus", "Failed", "Disconnected", run);
        String next = "2026-11-03T04:30:00Z";
        row("odd", 10, "2026-11-03T05:00:00Z", "status-changed", "lastRun,lastStatus", "Disconnected", "Failed", next);
        row("odd", 11, "2026-11-04T01:00:00Z", "status-changed", "lastRun,lastStatus", "Failed", null, null);
        row("odd", 12, "2026-11-04T02:00:00Z", "status-changed", "lastRun,lastStatus", null, "Failed", next);
        row("odd", 13, "2026-11-04T03:00:00Z", "status-changed", "lastRun,lastStatus", "Failed", "Disconnected", null);
        row("odd", 14, "2026-11-04T04:00:00Z", "status-changed", "lastRun,lastStatus", "Disconnected", "Failed", next);

        assertThat(database.rows("""
                        select day::text, runs_seen, failures from report.daily_status
                        where organization_id = 'odd' and day between '2026-11-02' and '2026-11-04' order by day
                        """))
                .extracting(
                        row -> "%s: %s, %s failed".formatted(row.get("day"), row.get("runs_seen"), row.get("failures")))
                .containsExactly("2026-11-02: 0, 0 failed", "2026-11-03: 2, 2 failed", "2026-11-04: 0, 0 failed");
    }

    @Test
    void nobodyRanWhereAJobOnlyWaitedHadAStatusThatNobodyKnowsOrIsToldOfAsItWasBefore() throws SQLException {
        String old = "2026-10-31T01:00:00Z";
        String run = "2026-11-01T01:00:00Z";
        String next = "2026-11-04T01:00:00Z";
        row("stray", 1, "2026-11-01T02:00:00Z", "created", "", null, "Success", run);
        row("stray", 2, "2026-11-02T02:00:00Z", "status-changed", "lastStatus", "Success", "Exploded", run);
        row("stray", 3, "2026-11-02T03:00:00Z", "status-changed", "lastStatus", "Exploded", "Success", run);
        row("stray", 4, "2026-11-02T04:00:00Z", "status-changed", "lastStatus", "Success", "Queued", run);
        row("stray", 5, "2026-11-02T05:00:00Z", "status-changed", "lastStatus", "Queued", "Success", run);
        row("stray", 6, "2026-11-03T02:00:00Z", "run-completed", "lastRun", "Success", "Success", old);
        row("stray", 7, "2026-11-03T03:00:00Z", "run-completed", "lastRun", "Success", "Success", run);
        row("stray", 8, "2026-11-04T02:00:00Z", "status-changed", "lastRun,lastStatus", "Success", "Queued", next);
        row("stray", 9, "2026-11-04T03:00:00Z", "status-changed", "lastStatus", "Queued", "Starting", next);
        row("stray", 10, "2026-11-04T04:00:00Z", "status-changed", "lastStatus", "Starting", "Failed", next);
        row("stray", 11, "2026-11-05T02:00:00Z", "status-changed", "lastStatus", "Failed", "Warning", next);

        assertThat(database.rows("""
                        select day::text, runs_seen, failures, warnings from report.daily_status
                        where organization_id = 'stray' order by day
                        """))
                .extracting(row -> "%s: %s, %s failed, %s with a warning"
                        .formatted(row.get("day"), row.get("runs_seen"), row.get("failures"), row.get("warnings")))
                .containsExactly(
                        "2026-11-01: 0, 0 failed, 0 with a warning",
                        "2026-11-02: 0, 0 failed, 0 with a warning",
                        "2026-11-03: 0, 0 failed, 0 with a warning",
                        "2026-11-04: 1, 1 failed, 0 with a warning",
                        "2026-11-05: 1, 0 failed, 1 with a warning");
    }

    @Test
    void aRunIsCountedThoughTheConnectionWasLostBeforeItsEndWasSeen() throws SQLException {
        String run = "2026-11-01T01:00:00Z";
        String next = "2026-11-02T01:00:00Z";
        row("torn", 1, "2026-11-01T02:00:00Z", "created", "", null, "Success", run);
        row("torn", 2, "2026-11-02T02:00:00Z", "status-changed", "lastRun,lastStatus", "Success", "Running", next);
        row("torn", 3, "2026-11-02T03:00:00Z", "status-changed", "lastStatus", "Running", "Disconnected", next);
        row("torn", 4, "2026-11-02T04:00:00Z", "status-changed", "lastStatus", "Disconnected", "Failed", next);
        String last = "2026-11-03T01:00:00Z";
        row("torn", 5, "2026-11-03T02:00:00Z", "status-changed", "lastRun,lastStatus", "Failed", "Disconnected", last);
        row("torn", 6, "2026-11-03T03:00:00Z", "status-changed", "lastStatus", "Disconnected", "Failed", last);

        assertThat(database.rows("""
                        select day::text, runs_seen, failures from report.daily_status
                        where organization_id = 'torn' and day > '2026-11-01' order by day
                        """))
                .extracting(
                        row -> "%s: %s, %s failed".formatted(row.get("day"), row.get("runs_seen"), row.get("failures")))
                .containsExactly("2026-11-02: 1, 1 failed", "2026-11-03: 1, 1 failed");
    }

    /** Days of 23 and of 25 hours, and days of which the first hour is left out or comes twice. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29",
        "Europe/Berlin, 2026-10-25",
        "America/Sao_Paulo, 2018-11-04",
        "America/Havana, 2025-11-02",
        "Asia/Beirut, 2024-03-31",
        "Pacific/Apia, 2011-12-31"
    })
    void aDayIsThatOfTheTimeZoneAlsoWhereClocksAreSet(String zone, LocalDate day) throws SQLException {
        database.execute("delete from jobtrail.report_setting");
        database.execute("insert into jobtrail.report_setting (time_zone) values ('%s')".formatted(zone));
        String organization = zone + day;
        Instant first = day.minusDays(2).atStartOfDay(ZoneOffset.UTC).toInstant();
        database.execute("""
                insert into jobtrail.job_history (source, organization_id, epoch, seq, job_type, job_id, job_name, change_kind,
                    changed_fields, last_status, observed_at, recorded_at, attempt, payload_digest, prev_hash, hash)
                select 'veeam', '%s', 1, n, 'backup', 'job', 'Job', 'status-changed', '{}', 'Failed',
                    timestamptz '%s' + n * interval '30 minutes', now(), 1, '', '', ''
                from generate_series(1, 192) n
                """.formatted(organization, first));

        List<Map<String, Object>> expected = database.rows("""
                select (observed_at at time zone ?)::date as day, count(*) as failures from jobtrail.job_history
                where organization_id = ? group by 1 order by 1
                """, zone, organization);
        assertThat(database.rows("""
                        select day, failures from report.daily_status where organization_id = ? order by day
                        """, organization)).isEqualTo(expected).hasSizeGreaterThan(3);
        assertThat(database.rows(
                        "select day, failures from report.daily_status where organization_id = ? and day = ?::date",
                        organization,
                        day.toString()))
                .isEqualTo(expected.stream()
                        .filter(row -> row.get("day").toString().equals(day.toString()))
                        .toList())
                .hasSize(1);
    }

    @Test
    void oneDayIsReadThroughTheIndexOnTheTime() throws SQLException {
        ledger.poll("indexed", 1);
        var plan = new StringBuilder();
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            // Of a few rows, reading them all would be cheaper.
            statement.execute("set enable_seqscan = off; set enable_bitmapscan = off");
            try (var row =
                    statement.executeQuery("explain select * from report.daily_status where day = date '2026-03-01'")) {
                while (row.next()) {
                    plan.append(row.getString(1)).append('\n');
                }
            }
        }

        assertThat(plan.toString()).contains("job_history_by_time").contains("Index Cond: ((observed_at >=");
    }

    @Test
    void theProgramTellsTheViewsTheirTimeZone() throws SQLException {
        try (var real = new Database(database.settings(), 1)) {
            real.migration().reportIn(ZoneId.of("Asia/Tokyo"));
            assertThat(database.column("select time_zone from jobtrail.report_setting"))
                    .containsExactly("Asia/Tokyo");
            real.migration().reportIn(ZoneId.of("UTC"));
        }
        assertThat(database.column("select time_zone from jobtrail.report_setting"))
                .containsExactly("UTC");
    }

    @Test
    void anAttemptThatReachedNobodyCoversNothing() throws SQLException {
        database.rows("select attempt, started_at from jobtrail.open_attempt('%s')".formatted("unreachable"));
        database.query(
                "write_receipt",
                Map.of("receipt", Ledger.json(ReceiptTest.receipt("unreachable", 1, Map.of("outcome", "FAILED")))));

        assertThat(database.rows("select * from report.coverage where source = 'unreachable'"))
                .isEmpty();
    }

    private void day(long seq, String observedAt, String kind, String status) throws SQLException {
        row("days", seq, observedAt, kind, "lastRun", status);
    }

    /** What it does not say is as in the row before. */
    private void row(String organization, long seq, String observedAt, String kind, String field, String status)
            throws SQLException {
        Map<String, Object> before =
                database.rows("""
                        select last_status, last_run::text as last_run from jobtrail.job_history
                        where organization_id = ? and seq < ? order by seq desc limit 1
                        """, organization, seq).stream().findFirst().orElse(Map.of());
        row(
                organization,
                seq,
                observedAt,
                kind,
                field,
                (String) before.get("last_status"),
                status,
                field.equals("lastRun") ? observedAt : (String) before.get("last_run"));
    }

    private void row(
            String organization,
            long seq,
            String observedAt,
            String kind,
            String fields,
            String previousStatus,
            String status,
            String lastRun)
            throws SQLException {
        database.rows("""
                insert into jobtrail.job_history (source, organization_id, epoch, seq, job_type, job_id, job_name, change_kind,
                    changed_fields, previous_status, last_status, last_run, observed_at, recorded_at, attempt, payload_digest,
                    prev_hash, hash)
                values ('veeam', ?, 1, ?, 'backup', 'job', 'Job', ?, ?::text[], ?, ?, ?::timestamptz, ?::timestamptz, now(), 1,
                    '', '', '')
                returning seq
                """, organization, seq, kind, "{" + fields + "}", previousStatus, status, lastRun, observedAt);
    }
}
