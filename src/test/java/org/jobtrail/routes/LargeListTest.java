package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.poll.Summary;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists of more jobs than a statement records, and of more bytes than are kept in memory; and lists that stay as they were. */
@ExtendWith(RealServers.class)
class LargeListTest {

    private static final String ORGANIZATION = "b2d9414d-c417-4a94-be3b-b38a3c2e8a7b";
    private static final int JOBS = 2_500;

    private final TestDatabase database;

    LargeListTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void aListIsRecordedPortionByPortionAsOnePoll() throws Exception {
        assertThat(poll("v7", jobs(JOBS, "Success")).text()).contains("2500 jobs: 2500 changes (2500 created)");

        assertThat(value("select count(distinct recorded_at) from jobtrail.job_history"))
                .isEqualTo(5L);
        assertThat(value("select count(distinct observed_at) from jobtrail.job_history"))
                .isEqualTo(1L);
        assertThat(value("select count(*) from jobtrail.job_history where payload like '%\"initial\":true,%'"))
                .isEqualTo((long) JOBS);
        assertThat(value("select max(seq) from jobtrail.job_history")).isEqualTo((long) JOBS);

        assertThat(poll("v7", jobs(JOBS, "Failed")).text()).contains("2500 changes (2500 status-changed)");
        assertThat(poll("v7", jobs(JOBS - 1, "Failed")).text()).contains("no change");
        assertThat(value("select count(*) from jobtrail.job_state where absent_polls = 1"))
                .isEqualTo(1L);
    }

    @Test
    void whatWasAppendedBeforeAPortionFailedIsCounted() throws Exception {
        database.execute("alter table jobtrail.job_history add constraint thousand check (seq <= 1000)");

        assertThat(poll("v7", jobs(JOBS, "Success")).text())
                .contains("1000 changes (1000 created), 1 organization not complete");
        assertThat(value("select count(*) from jobtrail.job_history")).isEqualTo(1_000L);
        assertThat(value("select changes from jobtrail.poll_receipt")).isEqualTo(1_000);
    }

    @Test
    void whatWasAppendedBeforeAPortionFailedIsTakenBackWhereTheListOfBeforeComesAgain() throws Exception {
        poll("v7", jobs(JOBS, "Success"));
        database.execute(
                "alter table jobtrail.job_history add constraint most check (seq <= %d)".formatted(JOBS + 1_000));
        assertThat(poll("v7", jobs(JOBS, "Failed")).text())
                .contains("1000 changes (1000 status-changed), 1 organization not complete");
        database.execute("alter table jobtrail.job_history drop constraint most");

        assertThat(poll("v7", jobs(JOBS, "Success")).text()).contains("1000 changes (1000 status-changed)");
        assertThat(value("select count(*) from jobtrail.job_state where snapshot like '%Failed%'"))
                .isEqualTo(0L);
        assertThat(poll("v7", jobs(JOBS, "Success")).text()).contains("no change");
    }

    @Test
    void aListThatDoesNotFitIntoTheMemoryWaitsInAFile() throws Exception {
        String large = jobs(JOBS, "Success").replace("Job 7\"", "Job 7\",\"other\":\"" + "é".repeat(3_000_000) + "\"");

        assertThat(poll("v7", large).text()).contains("2500 created");
        assertThat(
                        value(
                                "select raw like '%éé\"%' and octet_length(raw) > 6000000 from jobtrail.job_history where job_id = '7'"))
                .isEqualTo(true);
        assertThat(poll("v7", large).text()).contains("no change");
        assertThat(poll("v7", large.replace("Job 2499", "Another")).text()).contains("1 configuration-changed");
    }

    @Test
    void whatIsKeptInAFileIsGoneWhateverBecomesOfTheList() throws Exception {
        String large = "é".repeat(3_000_000);
        // Of who else was tested in this process.
        long before = openFilesOfLists();

        assertThat(poll(Answer.html(large), Answer.json("[]")).text()).contains("1 source FAILED");
        assertThat(poll(Answer.json("[{\"id\":\"%s\"},\"%s\"".formatted(ORGANIZATION, large)), Answer.json("[]"))
                        .text())
                .contains("1 source FAILED");
        assertThat(poll(Answer.json("[{\"id\":\"%s\"}]".formatted(ORGANIZATION)), Answer.html(large))
                        .text())
                .contains("1 organization not complete");

        assertThat(openFilesOfLists()).isLessThanOrEqualTo(before);
    }

    /** Where the system tells; they are deleted, but as long as they are open they take room. */
    private static long openFilesOfLists() throws IOException {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(open)) {
            return files.filter(file -> {
                        try {
                            return Files.readSymbolicLink(file).toString().contains("jobtrail-list");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @Test
    void aListThatIsTheOneThatWasRecordedLastLeavesNothingButItsReceipt() throws Exception {
        poll("v7", jobs(3, "Success"));
        Object before = list();
        String digest = lists();

        assertThat(poll("v7", jobs(3, "Success")).text()).contains("3 jobs: no change");
        assertThat(list()).isEqualTo(before);
        assertThat(lists()).as("the receipt says the same of the lists").isEqualTo(digest);

        assertThat(poll("v8", "{\"limit\":10000,\"results\":" + jobs(3, "Success") + "}")
                        .text())
                .as("another version may say something else with the same words")
                .contains("3 rebaselined");
    }

    @Test
    void aJobThatIsAbsentIsCountedInEachPollThoughTheListStaysTheSame() throws Exception {
        poll("v7", jobs(5, "Success"));

        assertThat(poll("v7", jobs(4, "Success")).text()).contains("no change");
        assertThat(poll("v7", jobs(4, "Success")).text()).contains("no change");
        assertThat(poll("v7", jobs(4, "Success")).text()).contains("1 missing");
        assertThat(poll("v7", jobs(5, "Success")).text()).contains("1 reappeared");
    }

    @Test
    void aJobThatWentMissingWhileAnotherVersionWasSpokenComesBackAsABaselineAndHasNotRun() throws Exception {
        poll("v7", jobs(5, "Success"));
        String less = "{\"limit\":10000,\"results\":" + jobs(4, "Success") + "}";
        poll("v8", less);
        poll("v8", less);
        assertThat(poll("v8", less).text()).contains("1 missing");

        String more = jobs(5, "Success").replace("\"Job 4\"", "\"Job 4\",\"lastBackup\":\"2026-11-01T00:00:00Z\"");
        assertThat(poll("v8", "{\"limit\":10000,\"results\":" + more + "}").text())
                .contains("2 changes (1 reappeared, 1 rebaselined)");
        assertThat(value("select api_version from jobtrail.job_state where job_id = '4'"))
                .isEqualTo("v8");
    }

    @Test
    void anElementThatCannotBeReadMakesEveryPollPartial() throws Exception {
        String list = "[{\"name\":\"nobody\"},{\"id\":\"a\"}]";

        for (int poll = 1; poll <= 3; poll++) {
            assertThat(poll("v7", list).text()).contains("1 organization not complete");
        }
        assertThat(value("select last_attempt from jobtrail.rejected_job")).isEqualTo(3L);
    }

    private Summary poll(Answer organizations, Answer jobs) throws Exception {
        try (var veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", organizations)
                .on("GET /v7/Organizations/%s/Jobs".formatted(ORGANIZATION), jobs)) {
            return TestPipeline.pollOnce(database, veeam, "v7");
        }
    }

    private Summary poll(String version, String jobs) throws Exception {
        String organizations = "[{\"id\":\"%s\"}]".formatted(ORGANIZATION);
        try (var veeam = FakeVeeam.start()
                .on("POST /%s/token".formatted(version), Answer.TOKEN)
                .on("GET /v8/CopyJobs", Answer.json("{\"limit\":10000,\"results\":[]}"))
                .on(
                        "GET /%s/Organizations".formatted(version),
                        Answer.json(
                                version.equals("v8")
                                        ? "{\"limit\":10000,\"results\":" + organizations + "}"
                                        : organizations))
                .on("GET /v7/Organizations/%s/Jobs".formatted(ORGANIZATION), Answer.json(jobs))
                .on("GET /v8/Jobs", Answer.json(jobs))) {
            return TestPipeline.pollOnce(database, veeam, version);
        }
    }

    private static String jobs(int count, String status) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"%d\",\"name\":\"Job %d\",\"lastStatus\":\"%s\"}".formatted(i, i, status))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private Object value(String sql) throws SQLException {
        return database.value(sql);
    }

    private Object list() throws SQLException {
        return value("select row_to_json(list)::text from jobtrail.job_list list where job_type = 'backup'");
    }

    private String lists() throws SQLException {
        return (String)
                value("select encode(lists_digest, 'hex') from jobtrail.poll_receipt order by seq desc limit 1");
    }
}
