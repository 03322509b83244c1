package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.poll.Summary;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to a ledger, by the commands; and what the polls after it make of that. */
@ExtendWith(RealServers.class)
class OperatorCommandsTest {

    private static final String JOBS = "GET /v7/Organizations/east/Jobs";

    private final TestDatabase database;
    private final FakeVeeam veeam;

    @TempDir
    Path directory;

    OperatorCommandsTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"}]"));
        jobs(0, 10);
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @Test
    void aMassChangeThatIsAcceptedIsBelievedAndTheJobsGoMissingAfterEnoughPolls() throws Exception {
        poll();
        jobs(0, 4);
        poll();
        assertThat(said("accept-suspect").output())
                .contains("organization east (East Ltd), backup jobs: since 20")
                .contains("6 of 10 known jobs are not in a list of 4");

        Said accepted = said("accept-suspect", "--organization", "east");

        assertThat(accepted.exitCode()).isZero();
        assertThat(accepted.output())
                .matches(
                        "accept-suspect: organization east: the reduced list of backup jobs, read since \\S+Z, is accepted; the next poll that reads the same believes it");
        assertThat(said("accept-suspect").output()).contains(", accepted:");
        assertThat(said("accept-suspect", "--organization", "east"))
                .isEqualTo(
                        new Said(
                                1,
                                "jobtrail: no list of organization east waits to be accepted: accept-suspect alone lists what is suspect"));
        assertThat(database.rows("""
                        select seq, kind, organization_id, actor, content::json ->> 'jobType' as type
                        from jobtrail.ledger_note
                        """))
                .containsExactly(Map.of(
                        "seq",
                        1L,
                        "kind",
                        "suspicion-accepted",
                        "organization_id",
                        "east",
                        "actor",
                        database.username(),
                        "type",
                        "backup"));

        assertThat(poll().text()).contains("no change");
        assertThat(absent()).as("counted once").isEqualTo(6L);
        assertThat(said("accept-suspect").output()).isEqualTo("accept-suspect: no list is suspect");
        poll();
        assertThat(missing()).isZero();
        poll();
        assertThat(missing()).isEqualTo(6L);
        assertThat(outcomes()).containsExactly("COMPLETE", "PARTIAL", "COMPLETE", "COMPLETE", "COMPLETE");
    }

    @Test
    void aListThatIsSuspectIsOneLineWhateverItsOrganizationIsCalled() throws Exception {
        poll();
        jobs(0, 4);
        veeam.on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East\\n\\u001b[2JLtd\"}]"));
        poll();
        assertThat(said("accept-suspect").output())
                .startsWith("organization east (East [2JLtd), backup jobs: since 20")
                .hasLineCount(1);

        veeam.on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\"}]"));
        poll();

        assertThat(said("accept-suspect").output())
                .startsWith("organization east (without a name), backup jobs: since 20");
    }

    @Test
    void anotherReducedListThanTheOneThatWasAcceptedIsAsSuspectAsBefore() throws Exception {
        poll();
        jobs(0, 4);
        poll();
        assertThat(said("accept-suspect", "--organization", "EAST").exitCode())
                .as("ids that are no UUIDs are compared exactly")
                .isEqualTo(1);
        assertThat(said("accept-suspect", "--organization", "east", "--job-type", "copy")
                        .exitCode())
                .isEqualTo(1);
        assertThat(said("accept-suspect", "--organization", "east", "--job-type", "backup")
                        .exitCode())
                .isZero();
        jobs(0, 2);

        poll();

        assertThat(outcomes()).containsExactly("COMPLETE", "PARTIAL", "PARTIAL");
        assertThat(absent()).isZero();
        jobs(0, 4);
        poll();
        assertThat(absent()).as("the acceptance was of one list, once").isZero();
    }

    @Test
    void theListOfAnotherOrganizationCannotBeAccepted() throws Exception {
        poll();
        veeam.on(
                "GET /v7/Organizations",
                Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"},{\"id\":\"west\",\"name\":\"West Ltd\"}]"));
        veeam.on("GET /v7/Organizations/west/Jobs", Answer.json("[]"));
        veeam.on(
                JOBS,
                Answer.json("[{\"id\":\"w\",\"_links\":{\"organization\":{\"href\":\"/v7/Organizations/west\"}}}]"));
        poll();

        assertThat(said("accept-suspect", "--organization", "east"))
                .isEqualTo(
                        new Said(
                                1,
                                "jobtrail: the list of backup jobs of organization east holds the jobs of organization west: it cannot be accepted"));
    }

    @Test
    void afterAnErasureTheNextPollSeesTheJobAnewAndTheOneAfterItSeesNoChange() throws Exception {
        poll();
        covered(10);

        assertThat(said("erase", "--organization", "east", "--job", "job-3"))
                .isEqualTo(new Said(0, "erase: organization east, backup job job-3: 1 row blanked, row 11 says so"));

        assertThat(poll().text()).contains("1 change (1 rebaselined)");
        assertThat(poll().text()).contains("no change");
        assertThat(database.column("""
                        select change_kind || ' ' || (payload::json ->> 'before') || ' ' || (payload::json -> 'after' ->> 'name')
                        from jobtrail.job_history where job_id = 'job-3' and seq > 11 order by seq
                        """)).containsExactly("rebaselined {} Job 3");
        assertThat(database.value("select job_name from report.current_job where job_id = 'job-3'"))
                .isEqualTo("Job 3");
        assertThat(outcomes()).containsExactly("COMPLETE", "COMPLETE", "COMPLETE");
    }

    @Test
    void afterAnErasureOfAMissingJobNothingIsRecorded() throws Exception {
        poll();
        jobs(0, 9);
        for (int i = 0; i < 3; i++) {
            poll();
        }
        assertThat(missing()).isEqualTo(1L);
        covered(11);

        assertThat(said("erase", "--organization", "east", "--job", "job-9", "--job-type", "backup")
                        .output())
                .isEqualTo("erase: organization east, backup job job-9: 2 rows blanked, row 12 says so");

        assertThat(poll().text()).contains("no change");
        assertThat(said("erase", "--organization", "east", "--job", "job-9").output())
                .isEqualTo("erase: organization east, job job-9: nothing was kept since it was last erased");
        assertThat(missing()).isEqualTo(1L);
    }

    @Test
    void retentionSaysOfEachOrganizationWhatItDidAndWhatHasToWait() throws Exception {
        poll();
        covered(7);

        assertThat(said("retain", "--before", "2999-01-01"))
                .isEqualTo(new Said(1, "jobtrail: --before 2999-01-01 is yet to come: expected a moment in the past"));
        Said unknown = said("retain", "--before", "yesterday");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.output()).contains("expected a date or a moment such as 2026-11-01", "not 'yesterday'");
        assertThat(said("retain", "--before", "2020-01-01", "--organization", "west"))
                .isEqualTo(new Said(1, "jobtrail: organization west has no history"));
        assertThat(said("retain", "--before", "2020-01-01"))
                .isEqualTo(new Said(0, "retain: organization east: nothing to remove"));
        String now = java.time.Instant.now().toString();
        assertThat(said("retain", "--before", now, "--dry-run"))
                .isEqualTo(
                        new Said(
                                10,
                                "retain: organization east: rows 1 to 7 would be removed; the next 3 rows are not published yet"));
        assertThat(said("retain", "--before", now, "--organization", "east"))
                .isEqualTo(
                        new Said(
                                10,
                                "retain: organization east: rows 1 to 7 sealed, 7 jobs kept; the next 3 rows are not published yet"));
        assertThat(poll().text()).contains("no change");
        assertThat(database.value("select count(*) from report.current_job")).isEqualTo(10L);
    }

    @Test
    void aForeseenFailureIsASentence() throws Exception {
        poll();

        assertThat(said("erase", "--organization", "east", "--job", "job-1"))
                .isEqualTo(
                        new Said(
                                1,
                                "jobtrail: row 2 of job job-1 is not published yet: what the topic gets must be what was recorded"));
        assertThat(said("erase", "--organization", "east", "--job", "none").output())
                .isEqualTo("jobtrail: organization east has no backup or copy job none");
    }

    @Test
    void aDatabaseWithoutAHistorySaysSo(PostgresServer server) throws Exception {
        TestDatabase empty = server.emptyDatabase();

        for (List<String> command : List.of(
                List.of("retain", "--before", "2026-01-01"),
                List.of("erase", "--organization", "a", "--job", "b"),
                List.of("accept-suspect"))) {
            assertThat(said(empty, command.toArray(new String[0])))
                    .isEqualTo(new Said(
                            1,
                            "jobtrail: the database at %s has no history of this version: start run, it creates the tables"
                                    .formatted(empty.url())));
        }
    }

    private Said said(String... arguments) throws Exception {
        return said(database, arguments);
    }

    private Said said(TestDatabase database, String... arguments) throws IOException {
        Path config = Files.writeString(directory.resolve("jobtrail.properties"), """
                database.url=%s
                database.username=%s
                database.password=%s
                """.formatted(
                        database.url(), database.username(), database.password()));
        return Said.by(config, arguments);
    }

    private Summary poll() throws Exception {
        return TestPipeline.pollOnce(database, veeam, "v7");
    }

    private void jobs(int from, int to) {
        veeam.on(
                JOBS,
                Answer.json(IntStream.range(from, to)
                        .mapToObj(i ->
                                "{\"id\":\"job-%d\",\"name\":\"Job %d\",\"isEnabled\":true,\"lastStatus\":\"Success\"}"
                                        .formatted(i, i))
                        .collect(Collectors.joining(",", "[", "]"))));
    }

    /** As if publisher and checkpoints had come so far. */
    private void covered(long seq) throws SQLException {
        database.execute("""
                insert into jobtrail.publication
                    (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id)
                select organization_id, seq, hash, now(), 'cluster', 'topic' from jobtrail.job_history where seq = %1$d;
                insert into jobtrail.checkpointed (organization_id, seq, hash, checkpoint, noted_at)
                select organization_id, seq, hash, 1, now() from jobtrail.job_history where seq = %1$d
                """.formatted(seq));
    }

    private long absent() throws SQLException {
        return (Long) database.value("select count(*) from jobtrail.job_state where absent_polls > 0 and not missing");
    }

    private long missing() throws SQLException {
        return (Long) database.value("select count(*) from jobtrail.job_state where missing");
    }

    private List<Object> outcomes() throws SQLException {
        return database.column("select outcome from jobtrail.poll_receipt order by seq");
    }
}
