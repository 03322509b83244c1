package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An instance that remembers the lists that it recorded tells the same as one that has to ask the history each time. */
@ExtendWith(RealServers.class)
class KnownListsRouteTest {

    private static final String LIST = "GET /v7/Organizations/east/Jobs";

    /** Changes, a job that is absent until it is missing and then comes back, one that is new, what is no job, none at all. */
    private static final List<String> LISTS = List.of(
            jobs("a Success", "b Success", "c Success"),
            jobs("a Failed", "b Success", "c Success"),
            jobs("a Failed", "b Running", "c Success"),
            jobs("a Failed", "b Running", "c Success"),
            jobs("a Failed", "b Running"),
            jobs("a Success", "b Running"),
            jobs("a Success", "b Failed"),
            jobs("a Success", "b Success"),
            jobs("a Failed", "b Success", "c Success"),
            jobs("a Failed", "b Failed", "c Success", "d Success"),
            jobs("a Failed", "b Success", "c Failed", "d Success").replace("[", "[{},"),
            jobs("d Success", "c Success", "b Success", "a Failed"),
            "[]",
            jobs("d Failed", "c Success", "b Success", "a Failed"));

    private final PostgresServer server;

    KnownListsRouteTest(PostgresServer server) {
        this.server = server;
    }

    @Test
    void whoRemembersTellsTheSameAsWhoAsks() throws Exception {
        TestDatabase remembered = server.migratedDatabase();
        try (var veeam = veeam(LISTS.toArray(String[]::new));
                var pipeline =
                        TestPipeline.pollWithoutPause(remembered, TestPipeline.source("veeam", veeam.url(), "v7"))) {
            for (int poll = 1; poll <= LISTS.size(); poll++) {
                pipeline.nextSummary();
            }
        }
        TestDatabase asked = server.migratedDatabase();
        for (String list : LISTS) {
            try (var veeam = veeam(list)) {
                TestPipeline.pollOnce(asked, veeam, "v7");
            }
        }

        assertThat(history(remembered)).isEqualTo(history(asked)).hasSizeGreaterThan(15);
        assertThat(states(remembered)).isEqualTo(states(asked)).hasSize(4);
        assertThat(receipts(remembered)).isEqualTo(receipts(asked)).hasSize(LISTS.size());
    }

    @Test
    void whatSomebodyElseDidToTheHistoryIsSeenByTheNextPoll() throws Exception {
        TestDatabase database = server.migratedDatabase();
        try (var veeam = veeam(jobs("a Success", "b Success"));
                var pipeline =
                        TestPipeline.pollWithoutPause(database, TestPipeline.source("veeam", veeam.url(), "v7"))) {
            pipeline.nextSummary();
            // As erase and recover do it.
            database.execute("set search_path = jobtrail; select lock_for_recovery('east', null);"
                    + " update known_job set missing = true where job_id = 'a'");
            awaitRows(pipeline, database, 3);
            veeam.on(LIST, Answer.json(jobs("a Success", "b Failed")));
            awaitRows(pipeline, database, 4);
        }

        assertThat(database.column("select job_id || ' ' || change_kind from jobtrail.job_history order by seq"))
                .containsExactly("a created", "b created", "a reappeared", "b status-changed");
    }

    private static void awaitRows(TestPipeline pipeline, TestDatabase database, long rows) throws Exception {
        for (int poll = 1;
                poll <= 50
                        && !database.value("select count(*) from jobtrail.job_history")
                                .equals(rows);
                poll++) {
            pipeline.nextSummary();
        }
    }

    private static FakeVeeam veeam(String... lists) throws Exception {
        return FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\"}]"))
                .on(LIST, List.of(lists).stream().map(Answer::json).toArray(Answer[]::new));
    }

    private static String jobs(String... jobs) {
        return List.of(jobs).stream()
                .map(job -> "{\"id\":\"%s\",\"lastStatus\":\"%s\"}".formatted((Object[]) job.split(" ")))
                .toList()
                .toString();
    }

    private static List<Map<String, Object>> history(TestDatabase database) throws SQLException {
        return database.rows("""
                select job_id, change_kind, array_to_string(changed_fields, ',') as fields, last_status, raw
                from jobtrail.job_history where attempt <= %d order by seq""".formatted(LISTS.size()));
    }

    private static List<Map<String, Object>> receipts(TestDatabase database) throws SQLException {
        return database.rows("""
                select outcome, jobs, changes, encode(lists_digest, 'hex') as lists
                from jobtrail.poll_receipt where attempt <= %d order by seq""".formatted(LISTS.size()));
    }

    private static List<Map<String, Object>> states(TestDatabase database) throws SQLException {
        return database.rows("""
                select job_id, snapshot, encode(digest, 'hex') as digest, encode(raw_digest, 'hex') as raw, missing, last_seq
                from jobtrail.job_state order by job_id""");
    }
}
