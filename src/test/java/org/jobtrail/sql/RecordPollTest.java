package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.Ledger.Portion;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class RecordPollTest {

    private final TestDatabase database;
    private final Ledger ledger;

    RecordPollTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @Test
    void rowsAreNumberedWithoutGapsAndChainedOverManyPolls() throws SQLException {
        for (int changes : new int[] {3, 0, 1, 40, 2}) {
            ledger.poll("chained", changes);
        }

        assertGaplessAndChained("chained", 46);
    }

    @Test
    void twoWritersOnOneOrganizationLeaveOneGaplessChain() throws Exception {
        var barrier = new CyclicBarrier(2);
        ExecutorService writers = Executors.newFixedThreadPool(2);
        List<Future<Integer>> recorded = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            recorded.add(writers.submit(pollsAgainst(barrier)));
        }
        int rows = recorded.get(0).get() + recorded.get(1).get();
        writers.shutdown();

        assertThat(rows).isPositive();
        assertGaplessAndChained("contended", rows);
    }

    private Callable<Integer> pollsAgainst(CyclicBarrier other) {
        return () -> {
            int rows = 0;
            for (int i = 0; i < 25; i++) {
                other.await();
                if (Boolean.FALSE.equals(ledger.poll("contended", 3).get("superseded"))) {
                    rows += 3;
                }
            }
            return rows;
        };
    }

    @Test
    void theOrderOfTheRowsIsTheOrderOfTheChanges() throws SQLException {
        ledger.poll("ordered", List.of(change("z", "created"), change("a", "created"), change("m", "created")));

        assertThat(database.column(
                        "select job_id from jobtrail.job_history where organization_id = 'ordered' order by seq"))
                .containsExactly("z", "a", "m");
    }

    @Test
    void everyColumnOfTheChangeIsKept() throws SQLException {
        Map<String, Object> change = change(
                "kept",
                "status-changed",
                Map.of("last_status", "Failed", "previous_status", "Success", "next_run", "2026-03-02T00:00:00Z"));
        ledger.poll("columns", List.of(change));

        Map<String, Object> row = database.rows("""
                        select source, epoch, seq, job_type, job_id, job_name, change_kind, changed_fields::text, enabled,
                            last_status, previous_status, jobtrail.iso(last_run) as last_run,
                            jobtrail.iso(next_run) as next_run, attempt, payload, raw, octet_length(salt) as salt
                        from jobtrail.job_history where organization_id = 'columns'
                        """).get(0);
        assertThat(row)
                .containsEntry("source", Ledger.SOURCE)
                .containsEntry("epoch", 1)
                .containsEntry("seq", 1L)
                .containsEntry("job_type", "backup")
                .containsEntry("job_id", "kept")
                .containsEntry("job_name", "Name of kept")
                .containsEntry("change_kind", "status-changed")
                .containsEntry("changed_fields", "{lastStatus,lastRun}")
                .containsEntry("enabled", true)
                .containsEntry("last_status", "Failed")
                .containsEntry("previous_status", "Success")
                .containsEntry("last_run", "2026-03-01T01:02:03.456789Z")
                .containsEntry("next_run", "2026-03-02T00:00:00.000000Z")
                .containsEntry("attempt", 1L)
                .containsEntry("payload", change.get("payload"))
                .containsEntry("raw", change.get("raw"))
                .containsEntry("salt", 16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"nul \\u0000, lone surrogate \\ud800, pair \\ud83d\\ude00\"}",
                "{\"name\":\"Gr\u00fc\u00dfe aus K\u00f6ln, \u65e5\u672c\u8a9e, \uD83D\uDE00\"}",
                "{\"name\":\"it's \\\"quoted\\\" \\\\ and $1 and :?named and ?\"}",
                "{\"size\":1e400000,\"zero\":1.000,\"spaces\" :  [ ]}"
            })
    void textSurvivesByteForByte(String text) throws SQLException {
        String organization = "text " + text.hashCode();
        ledger.poll(organization, List.of(change("job", "created", Map.of("payload", text, "raw", text))));

        assertThat(database.rows(
                        "select payload, raw from jobtrail.job_history where organization_id = ?", organization))
                .containsExactly(Map.of("payload", text, "raw", text));
        assertGaplessAndChained(organization, 1);
    }

    @Test
    void aMissingJobHasNoRawTextAndIsChainedAllTheSame() throws SQLException {
        ledger.poll("gone", List.of(change("job", "created")));
        ledger.poll("gone", List.of(change("job", "missing")));

        assertGaplessAndChained("gone", 2);
        assertThat(database.value("select missing from jobtrail.job_state where organization_id = 'gone'"))
                .isEqualTo(true);
    }

    @Test
    void rowsOfOnePollWereObservedAtItsClaimAndNeverGoBack() throws SQLException {
        Object observed = ledger.claim("observed").get("observed_at");
        ledger.record("observed", 1, List.of(change("a", "created"), change("b", "created")));
        assertThat(database.column("""
                        select distinct jobtrail.iso(observed_at) from jobtrail.job_history where organization_id = 'observed'
                        """)).containsExactly(observed);

        database.execute("""
                update jobtrail.organization_head set last_observed_at = '2199-01-01T00:00:00Z'
                where organization_id = 'observed'
                """);
        ledger.poll("observed", 2);
        ledger.poll("observed", 2);

        assertThat(database.column("""
                        select seq from (
                            select seq, observed_at < lag(observed_at) over (order by seq) as back,
                                recorded_at < observed_at as early
                            from jobtrail.job_history where organization_id = 'observed') as line
                        where back or early
                        """)).isEmpty();
        assertThat(database.value("""
                        select jobtrail.iso(max(observed_at)) from jobtrail.job_history where organization_id = 'observed'
                        """)).isEqualTo("2199-01-01T00:00:00.000000Z");
    }

    @Test
    void anUnchangedPollAppendsNothingButHasRecorded() throws SQLException {
        ledger.poll("unchanged", 2);

        assertThat(ledger.poll("unchanged", 0))
                .containsEntry("superseded", false)
                .containsEntry("last_seq", 2L);
        assertGaplessAndChained("unchanged", 2);
        assertThat(database.value(
                        "select recorded_poll from jobtrail.organization_head where organization_id = 'unchanged'"))
                .isEqualTo(2L);
    }

    @Test
    void aJobsStateNamesItsLastRow() throws SQLException {
        ledger.poll("state", List.of(change("a", "created"), change("b", "created")));
        ledger.poll("state", List.of(change("a", "enabled"), change("b", "enabled"), change("a", "status-changed")));

        assertThat(
                        database.rows(
                                "select job_id, last_seq from jobtrail.job_state where organization_id = 'state' order by job_id"))
                .containsExactly(Map.of("job_id", "a", "last_seq", 5L), Map.of("job_id", "b", "last_seq", 4L));
    }

    @Test
    void aSuspicionIsKeptSinceItsFirstPollUntilAPollRecords() throws SQLException {
        ledger.poll("suspect", 1);
        Object since = ledger.claim("suspect").get("observed_at");
        ledger.record("suspect", 2, List.of(), "few");
        assertThat(ledger.claim("suspect"))
                .containsEntry("suspect_digest", "few")
                .containsEntry("suspect_since", since);

        ledger.record("suspect", 3, List.of(), "few");
        assertThat(ledger.claim("suspect")).containsEntry("suspect_since", since);

        ledger.record("suspect", 4, List.of());
        assertThat(ledger.claim("suspect"))
                .containsEntry("suspect_digest", null)
                .containsEntry("suspect_since", null);
    }

    @Test
    void aPortionThatIsSentTwiceIsRecordedOnce() throws SQLException {
        long claim = (Long) ledger.claim("twice").get("claimed_poll");
        for (int time = 1; time <= 2; time++) {
            assertThat(ledger.record("twice", claim, 0, List.of(change("a", "created")), null, null))
                    .containsEntry("superseded", false)
                    .containsEntry("last_seq", 1L);
        }
        assertThat(ledger.record("twice", claim, 1, List.of(change("b", "created")), null, "{}"))
                .containsEntry("last_seq", 2L);

        assertGaplessAndChained("twice", 2);
    }

    @Test
    void aListIsOfTheFirstPollUntilItsLastPortionIsThere() throws SQLException {
        long broken = (Long) ledger.claim("large").get("claimed_poll");
        ledger.record("large", broken, 0, List.of(change("a", "created")), null, null);

        Map<String, Object> claim = ledger.claim("large");
        assertThat(claim).containsEntry("first_poll", true).containsEntry("last_seq", 1L);
        ledger.record("large", (Long) claim.get("claimed_poll"), 1, List.of(change("b", "created")), null, "{}");
        assertThat(ledger.claim("large")).containsEntry("first_poll", false);
    }

    @Test
    void theListThatWasRecordedLastIsRememberedUntilSomebodyElseClaims() throws SQLException {
        long claim = (Long) ledger.claim("remembered").get("claimed_poll");
        String list = "{\"content_digest\":\"0a0b\",\"list_digest\":\"jobs\",\"jobs\":1}";
        ledger.record("remembered", claim, 0, List.of(change("a", "created")), null, list);

        assertThat(ledger.claim("remembered"))
                .containsEntry("content_digest", "0a0b")
                .containsEntry("list_digest", "jobs")
                .containsEntry("jobs", 1);
        database.execute("set search_path = jobtrail; select lock_for_recovery('remembered', null)");
        assertThat(ledger.claim("remembered")).containsEntry("content_digest", null);
    }

    @Test
    void anElementThatCouldNotBeReadIsKeptOnce() throws SQLException {
        for (int attempt = 1; attempt <= 2; attempt++) {
            ledger.recordRejected(
                    portion("rejected", List.of()),
                    attempt,
                    List.of(Map.of(
                            "job_type", "backup", "digest", "0a", "reason", "no id", "raw", "{\"x\":\"\\u0000\"}")));
        }

        assertThat(database.rows("""
                        select first_attempt, last_attempt, reason, raw from jobtrail.rejected_job
                        where organization_id = 'rejected'
                        """))
                .containsExactly(Map.of(
                        "first_attempt", 1L, "last_attempt", 2L, "reason", "no id", "raw", "{\"x\":\"\\u0000\"}"));
    }

    @Test
    void severalPollsAreRecordedByOneStatementEachIntoItsOwnHistory() throws SQLException {
        ledger.poll("north", 2);

        List<Map<String, Object>> ends = ledger.record(
                7,
                List.of(
                        portion("south", List.of(change("a", "created"), change("b", "created"))),
                        portion("north", List.of(change("a", "status-changed"))),
                        portion("west", List.of()),
                        portion("east", List.of(change("a", "created"), change("c", "created")))));

        assertThat(ends)
                .extracting(row -> row.get("organization_id") + " " + row.get("superseded") + " " + row.get("last_seq"))
                .containsExactlyInAnyOrder("south false 2", "north false 3", "west false 0", "east false 2");
        assertGaplessAndChained("south", 2);
        assertGaplessAndChained("north", 3);
        assertGaplessAndChained("east", 2);
        assertThat(database.column("""
                        select organization_id || ' ' || job_id || ' ' || last_seq from jobtrail.job_state
                        where organization_id in ('south', 'east') order by 1
                        """)).containsExactly("east a 1", "east c 2", "south a 1", "south b 2");
        assertThat(database.column("""
                        select organization_id from jobtrail.organization_head
                        where organization_id in ('north', 'south', 'west', 'east') and recorded_poll = claimed_poll order by 1
                        """)).containsExactly("east", "north", "south", "west");
    }

    @Test
    void ofSeveralPollsTheOneThatSomebodyHasClaimedSinceAndTheOneThatIsThereAreLeftOut() throws SQLException {
        Portion claimed = portion("claimed-since", List.of(change("a", "created")));
        Portion there = portion("there", List.of(change("a", "created")));
        ledger.claim("claimed-since");
        ledger.record(1, List.of(there));

        List<Map<String, Object>> ends = ledger.record(
                1, List.of(claimed, there, portion("new", List.of(change("b", "created"), change("c", "created")))));

        assertThat(ends)
                .extracting(row -> row.get("organization_id") + " " + row.get("superseded") + " " + row.get("last_seq"))
                .containsExactlyInAnyOrder("claimed-since true 0", "there false 1", "new false 2");
        assertGaplessAndChained("there", 1);
        assertGaplessAndChained("new", 2);
        assertThat(database.column("""
                        select organization_id || ' ' || job_id from jobtrail.job_state
                        where organization_id in ('claimed-since', 'there', 'new') order by 1
                        """)).containsExactly("new b", "new c", "there a");
    }

    @Test
    void anOrganizationThatNobodyClaimedIsNotRecorded() {
        assertThatThrownBy(() -> ledger.record(1, List.of(new Portion("unheard-of", 1, 0, List.of(), null, "{}"))))
                .hasMessageContaining("organization unheard-of was never claimed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void nothingIsRecordedWhereThePortionsDoNotCountTheirChanges(int counted) throws SQLException {
        Portion portion = portion("miscounted", List.of(change("a", "created"), change("b", "created")));

        assertThatThrownBy(() -> ledger.recordMiscounted(portion, counted))
                .hasMessageContaining("the portions do not have as many changes as there are");
        assertThat(database.value("select count(*) from jobtrail.job_history where organization_id = 'miscounted'"))
                .isEqualTo(0L);
    }

    @Test
    void nothingIsRecordedWhereTheHistoryEndsBeforeWhatThePollHasRecorded() throws SQLException {
        long claim = (Long) ledger.claim("set-back").get("claimed_poll");

        assertThatThrownBy(() -> ledger.record("set-back", claim, 3, List.of(change("a", "created")), null, "{}"))
                .hasMessageContaining(
                        "nothing is recorded of organization set-back: PostgreSQL was set back while it was polled: its history ends at row 0, not at row 3");
        assertThat(database.value("select count(*) from jobtrail.job_history where organization_id = 'set-back'"))
                .isEqualTo(0L);
    }

    @Test
    void nothingFollowsAHashThatNoRowHasAndNoCheckpointSaysIt() throws SQLException {
        ledger.poll("contradicted", 2);
        ledger.poll("sound", 2);
        database.execute(
                "update jobtrail.organization_head set last_hash = sha256(last_hash) where organization_id = 'contradicted'");

        assertThatThrownBy(() -> ledger.poll("contradicted", 1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(
                        "nothing is recorded of organization contradicted: its head says another hash than row 2, with which its history ends: somebody has changed one of them; run verify, and bring back what was changed");
        assertThat(database.query("ledger_heads", Map.of()))
                .extracting(head -> head.get("id"))
                .contains("sound")
                .doesNotContain("contradicted");

        database.execute(
                "update jobtrail.organization_head head set last_hash = line.hash from jobtrail.job_history line where line.organization_id = head.organization_id and line.seq = head.last_seq and head.organization_id = 'contradicted'");
        ledger.poll("contradicted", 1);
        assertGaplessAndChained("contradicted", 3);
    }

    @Test
    void whereEveryJobChangesNoIndexOfWhatIsKnownOfThemIsTouched() throws SQLException {
        ledger.poll("busy", 300);
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            Portion portion = portion(
                    "busy",
                    IntStream.range(0, 300)
                            .mapToObj(i -> change("job-" + i, "status-changed"))
                            .toList());
            connection.setAutoCommit(false);
            ledger.record(connection, 2, List.of(portion));

            try (var row = statement.executeQuery("""
                    select pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_hot_updated(oid)
                    from pg_class where oid = 'jobtrail.known_job'::regclass""")) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(300);
                assertThat(row.getLong(2)).isEqualTo(300);
            }
        }
    }

    /** A whole poll, claimed now. */
    private Portion portion(String organization, List<Map<String, Object>> changes) throws SQLException {
        Map<String, Object> claim = ledger.claim(organization);
        return new Portion(
                organization, (Long) claim.get("claimed_poll"), (Long) claim.get("last_seq"), changes, null, "{}");
    }

    @Test
    void theProgramOfBeforeRecordsAsItDidAndSendsEachSnapshotASecondTime() throws SQLException {
        ledger.claim("older");

        assertThat(database.rows("""
                        select superseded, last_seq from jobtrail.record_polls(
                            1, '[{"organization_id":"older","job_type":"backup","claimed_poll":1,"after":0,"api_version":"v7","changes":1,"last":true}]',
                            array['backup'], array['job'], array['Job'], array['created'], array[''], array[true], array['Success'],
                            array[null]::text[], array[null]::timestamptz[], array[null]::timestamptz[],
                            array['{"before":null,"after":{"name":"Job"}}'], array['{}'], array['{"name":"Job"}'],
                            array[sha256('{"name":"Job"}')], array[sha256('{}')], '[]', '[]')""")).containsExactly(Map.of("superseded", false, "last_seq", 1L));
        assertThat(database.value("select snapshot from jobtrail.job_state where organization_id = 'older'"))
                .isEqualTo("{\"name\":\"Job\"}");
        assertGaplessAndChained("older", 1);
    }

    @Test
    void newRowsWakeThePublisher() throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("listen jobtrail");
            ledger.poll("quiet", 0);
            assertThat(connection.unwrap(PGConnection.class).getNotifications(200))
                    .isEmpty();

            ledger.poll("loud", 1);
            assertThat(connection.unwrap(PGConnection.class).getNotifications(10_000))
                    .hasSize(1);
        }
    }

    private void assertGaplessAndChained(String organization, long rows) throws SQLException {
        List<Map<String, Object>> history =
                database.rows(HistoryChain.QUERY + " where organization_id = ? order by job_history.seq", organization);
        assertThat(history)
                .extracting(row -> row.get("seq"))
                .isEqualTo(
                        LongStream.rangeClosed(1, rows).mapToObj(Long::toString).toList());
        assertThat(history).extracting(row -> row.get("hash")).isEqualTo(HistoryChain.hashes(history));
        assertThat(database.rows("""
                        select last_seq, encode(last_hash, 'hex') as last_hash from jobtrail.organization_head
                        where organization_id = ?
                        """, organization))
                .containsExactly(Map.of(
                        "last_seq",
                        rows,
                        "last_hash",
                        history.get(history.size() - 1).get("hash")));
    }
}
