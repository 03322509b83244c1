package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.sql.Ledger.change;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

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
                                1L));
    }

    @Test
    void timeIsCoveredBetweenCompletePollsThatAreAtMostTwoPeriodsApart() throws SQLException {
        receipt(1, "00:00", "COMPLETE", "[]");
        receipt(2, "00:01", "COMPLETE", "[]");
        receipt(3, "00:02", "PARTIAL", "[{\"organizationId\":\"dark\",\"outcome\":\"FAILED\",\"reason\":\"500\"}]");
        receipt(4, "00:03", "COMPLETE", "[]");
        receipt(5, "00:06", "COMPLETE", "[]");

        String coverage = """
                select to_char(from_time at time zone 'UTC', 'HH24:MI') || '-' || to_char(to_time at time zone 'UTC', 'HH24:MI')
                    || ' ' || covered
                from report.coverage where source = 'coverage' and organization_id = ? order by from_time
                """;
        assertThat(database.column(coverage, "light"))
                .containsExactly("00:00-00:01 true", "00:01-00:02 true", "00:02-00:03 true", "00:03-00:06 false");
        assertThat(database.column(coverage, "dark"))
                .containsExactly("00:00-00:01 true", "00:01-00:03 true", "00:03-00:06 false");
    }

    @Test
    void aListOfTheWholeSourceThatWasNotReadCoversNoOrganization() throws SQLException {
        String copyJobs = "[{\"jobType\":\"copy\",\"outcome\":\"FAILED\",\"reason\":\"404\"}]";
        receipt("copies", List.of("copied"), 1, "00:00", "COMPLETE", "[]");
        receipt("copies", List.of("copied"), 2, "00:01", "PARTIAL", copyJobs);
        receipt("copies", List.of("copied"), 3, "00:02", "COMPLETE", "[]");

        assertThat(database.column("""
                        select organization_id || ' ' || to_char(to_time - from_time, 'MI') from report.coverage
                        where source = 'copies'
                        """)).containsExactly("copied 02");
    }

    @Test
    void anAttemptThatReachedNobodyCoversNothing() throws SQLException {
        database.query("open_attempt", Map.of("source", "unreachable"));
        database.query(
                "write_receipt",
                Map.of("receipt", Ledger.json(ReceiptTest.receipt("unreachable", 1, Map.of("outcome", "FAILED")))));

        assertThat(database.rows("select * from report.coverage where source = 'unreachable'"))
                .isEmpty();
    }

    private void day(long seq, String observedAt, String kind, String status) throws SQLException {
        database.execute("""
                insert into jobtrail.job_history (source, organization_id, epoch, seq, job_type, job_id, job_name, change_kind,
                    changed_fields, last_status, observed_at, recorded_at, attempt, payload_digest, prev_hash, hash)
                values ('veeam', 'days', 1, %d, 'backup', 'job', 'Job', '%s', '{}', '%s', '%s', '%s', 1, '', '', '')
                """.formatted(seq, kind, status, observedAt, observedAt));
    }

    private void receipt(long attempt, String time, String outcome, String notComplete) throws SQLException {
        receipt("coverage", List.of("light", "dark"), attempt, time, outcome, notComplete);
    }

    private void receipt(
            String source, List<String> organizations, long attempt, String time, String outcome, String notComplete)
            throws SQLException {
        database.query("open_attempt", Map.of("source", source));
        database.query(
                "write_receipt",
                Map.of(
                        "receipt",
                        Ledger.json(ReceiptTest.receipt(
                                source,
                                attempt,
                                Map.of(
                                        "started_at",
                                        "2026-03-01T" + time + ":00.000000Z",
                                        "outcome",
                                        outcome,
                                        "not_complete",
                                        notComplete,
                                        "organization_ids",
                                        organizations)))));
    }
}
