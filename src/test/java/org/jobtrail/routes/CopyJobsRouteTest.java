package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copy jobs, from the server's list of them all to each organization's history: north has two backup jobs, south one. */
@ExtendWith(RealServers.class)
class CopyJobsRouteTest {

    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";
    private static final String MAILBOXES = "c1000000-0000-4000-8000-000000000001";
    private static final String ONEDRIVE = "c1000000-0000-4000-8000-000000000003";
    private static final String NORTH_COPY = "d1000000-0000-4000-8000-000000000001";
    private static final String PAGE = "GET /v8/CopyJobs?offset=%d&limit=10000";

    private final TestDatabase database;
    private final FakeVeeam veeam;

    CopyJobsRouteTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start();
        for (String version : List.of("v6", "v7")) {
            veeam.on("POST /" + version + "/token", Answer.TOKEN)
                    .on("GET /" + version + "/Organizations", Answer.file("v7-organizations.json"))
                    .on(jobs(version, NORTH), Answer.file("v7-jobs-north.json"))
                    .on(jobs(version, SOUTH), Answer.file("v7-jobs-south.json"))
                    .on(copyJobs(version), Answer.file(version + "-copy-jobs.json"));
        }
        String jobs = "GET /v8/Jobs?organizationId=%s&offset=0&limit=10000";
        veeam.on("POST /v8/token", Answer.TOKEN)
                .on("GET /v8/Organizations", Answer.file("v8-two-organizations.json"))
                .on(jobs.formatted(NORTH), Answer.file("v8-jobs-north.json"))
                .on(jobs.formatted(SOUTH), Answer.file("v8-jobs-south.json"))
                .on(PAGE.formatted(0), Answer.file("v8-copy-jobs-first-page.json"))
                .on(PAGE.formatted(1), Answer.file("v8-copy-jobs-second-page.json"))
                .on(PAGE.formatted(2), Answer.file("v8-copy-jobs-last-page.json"));
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6", "v7", "v8"})
    void aCopyJobIsRecordedUnderItsOrganizationAndToldApartByItsType(String version) throws Exception {
        Summary summary = TestPipeline.pollOnce(database, veeam, version);

        assertThat(copies()).containsExactly(NORTH + " Mailboxes copy created", SOUTH + " OneDrive copy created");
        assertThat(receipt())
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("jobs", 5)
                .containsEntry("changes", 5)
                .containsEntry("not_complete", "[]");
        assertThat(summary.text()).contains("2 organizations, 5 jobs: 5 changes (5 created)");
        assertThat(database.rows("""
                        select payload::json -> 'job' ->> 'type' as type, payload::json ->> 'initial' as initial,
                            payload::json -> 'after' ->> 'organizationId' as organization,
                            payload::json -> 'after' ->> 'backupJobId' as backup_job,
                            payload::json -> 'after' ->> 'repositoryId' as repository
                        from jobtrail.job_history where job_id = ?
                        """, NORTH_COPY))
                .containsExactly(Map.of(
                        "type", "copy",
                        "initial", "true",
                        "organization", NORTH,
                        "backup_job", MAILBOXES,
                        "repository", "b7a1c0de-1111-4222-8333-444455556666"));
    }

    @Test
    void versionsWithoutCopyJobsAreNotAskedForThem() throws Exception {
        veeam.on("POST /v5/token", Answer.TOKEN)
                .on("GET /v5/Organizations", Answer.file("v7-organizations.json"))
                .on(jobs("v5", NORTH), Answer.file("v7-jobs-north.json"))
                .on(jobs("v5", SOUTH), Answer.file("v7-jobs-south.json"));

        TestPipeline.pollOnce(database, veeam, "v5");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 3);
        assertThat(veeam.calls("GET /v5/CopyJobs")).isEmpty();
    }

    @Test
    void aCopyJobThatIsCreatedLaterIsNoInitialOneThoughTheListHoldsOneOfNobody() throws Exception {
        String stray = "{\"id\":\"stray\",\"name\":\"Stray\",\"organizationId\":\"elsewhere\"}";
        String page = "{\"offset\":0,\"limit\":10000,\"results\":[%s]}";
        veeam.on(PAGE.formatted(0), Answer.json(page.formatted(stray)));
        TestPipeline.pollOnce(database, veeam, "v8");
        String later = "{\"id\":\"later\",\"name\":\"Later\",\"organizationId\":\"" + NORTH + "\"}";
        veeam.on(PAGE.formatted(0), Answer.json(page.formatted(stray + "," + later)));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat(database.rows("""
                        select change_kind, coalesce(payload::json ->> 'initial', 'false') as initial
                        from jobtrail.job_history where job_id = 'later'
                        """)).containsExactly(Map.of("change_kind", "created", "initial", "false"));
    }

    @Test
    void copyJobsAreReadOncePerSourceAfterAllBackupJobs() throws Exception {
        poll();

        assertThat(veeam.calls(copyJobs("v7"))).hasSize(1);
        assertThat(veeam.calls().get(veeam.calls().size() - 1).target()).isEqualTo(copyJobs("v7"));
    }

    @Test
    void aChangeOfACopyJobIsARowOfItsOwnAndABackupListIsUntouched() throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.json(Answer.text("v7-copy-jobs.json").replace("Warning", "Failed")));

        poll();

        assertThat(copies())
                .containsExactly(
                        NORTH + " Mailboxes copy created",
                        SOUTH + " OneDrive copy created",
                        SOUTH + " OneDrive copy status-changed");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("changes", 1);
        assertThat(database.column("select distinct absent_polls from jobtrail.job_state"))
                .containsExactly(0);
    }

    @Test
    void aCopyJobIsNotToldOfTheOrganizationThatItHasLeftWhileItsNewOneIsNotListed() throws Exception {
        poll();
        String moved = Answer.text("v7-copy-jobs.json").replace(MAILBOXES, ONEDRIVE);
        veeam.on(copyJobs("v7"), Answer.json(moved));
        for (int i = 0; i < 3; i++) {
            poll();
        }
        List<Object> before = copies();

        veeam.on("GET /v7/Organizations", Answer.json("[{\"id\":\"%s\",\"name\":\"North\"}]".formatted(NORTH)));
        poll();

        assertThat(copies()).isEqualTo(before);
        assertThat(receipt()).containsEntry("outcome", "PARTIAL");
    }

    @Test
    void aBackupJobAndACopyJobMayHaveTheSameId() throws Exception {
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"%s","name":"Same id","backupJobId":"%s"}]""".formatted(MAILBOXES, MAILBOXES)));

        poll();
        poll();

        assertThat(copies()).containsExactly(NORTH + " Same id created");
        assertThat(receipt())
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("jobs", 4)
                .containsEntry("changes", 0);
    }

    @Test
    void aCopyJobIsMissingAfterThreeCompletePollsWithoutIt() throws Exception {
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"a","name":"A","backupJobId":"%1$s"},{"id":"b","name":"B","backupJobId":"%1$s"}]""".formatted(MAILBOXES)));
        poll();
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"a","name":"A","backupJobId":"%s"}]""".formatted(MAILBOXES)));
        poll();
        poll();
        assertThat(copies()).hasSize(2);

        poll();

        assertThat(copies()).containsExactly(NORTH + " A created", NORTH + " B created", NORTH + " B missing");
    }

    @Test
    void aListOfCopyJobsThatIsSuddenlyEmptyIsSuspectForEachOrganizationThatHadOne() throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.json("[]"));

        Summary summary = poll();

        assertThat(copies()).hasSize(2);
        assertThat((String) receipt().get("not_complete"))
                .contains("{\"organizationId\":\"%s\",\"jobType\":\"copy\",\"outcome\":\"SUSPECT\"".formatted(NORTH))
                .contains("{\"organizationId\":\"%s\",\"jobType\":\"copy\",\"outcome\":\"SUSPECT\"".formatted(SOUTH))
                .doesNotContain("backup");
        assertThat(summary.text()).contains("2 organizations not complete");
    }

    @Test
    void aCopyJobThatComesLaterIsNotInitial() throws Exception {
        veeam.on(copyJobs("v7"), Answer.json("[]"));
        poll();
        veeam.on(copyJobs("v7"), Answer.file("v7-copy-jobs.json"));

        poll();

        assertThat(database.column("""
                        select payload::json ->> 'initial' from jobtrail.job_history where job_type = 'copy'
                        """)).containsExactly("false", "false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | the server answered 404 to /v7/CopyJobs",
                "401 | the server answered 401 to /v7/CopyJobs, with a token that it had just given"
            })
    void aRefusedListOfCopyJobsLeavesTheBackupListsAlone(int status, String reason) throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.status(status))
                .on(
                        jobs("v7", SOUTH),
                        Answer.json(Answer.text("v7-jobs-south.json").replace("Failed", "Success")));

        Summary summary = poll();

        assertThat(receipt())
                .containsEntry("outcome", "PARTIAL")
                .containsEntry("reason", null)
                .containsEntry("jobs", 3)
                .containsEntry("changes", 1)
                .containsEntry(
                        "not_complete",
                        "[{\"jobType\":\"copy\",\"outcome\":\"FAILED\",\"reason\":\"" + reason + "\"}]");
        assertThat(copies()).hasSize(2);
        assertThat(absentCopies()).isZero();
        assertThat(summary.reachedAllSources()).isTrue();
        assertThat(summary.text()).contains(", copy jobs of 1 source not complete");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"offset\":0,\"limit\":10000,\"results\":[]}", "[{\"id\":"})
    void whatIsNoListOfCopyJobsIsNoEmptyList(String body) throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.json(body));

        poll();

        assertThat((String) receipt().get("not_complete"))
                .startsWith("[{\"jobType\":\"copy\",\"outcome\":\"FAILED\",\"reason\":\"the answer is no");
        assertThat(absentCopies()).isZero();
    }

    @Test
    void a401BetweenPagesStartsTheListOverWithANewToken() throws Exception {
        veeam.on(PAGE.formatted(1), Answer.status(401), Answer.file("v8-copy-jobs-second-page.json"));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat(veeam.calls("GET /v8/CopyJobs"))
                .extracting(call -> call.target().replaceAll(".*offset=(\\d+).*", "$1"))
                .containsExactly("0", "1", "0", "1", "2");
        assertThat(copies()).hasSize(2);
        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    @Test
    void anOrganizationThatCouldNotBeReadCostsNoCopyJob() throws Exception {
        poll();
        veeam.on(jobs("v7", NORTH), Answer.status(403))
                .on(copyJobs("v7"), Answer.json(Answer.text("v7-copy-jobs.json").replace("Success", "Failed")));

        poll();

        assertThat(copies()).contains(NORTH + " Mailboxes copy status-changed");
        assertThat((String) receipt().get("not_complete"))
                .contains(NORTH, "\"backup\"")
                .doesNotContain("copy");
    }

    @Test
    void aCopyJobOfAnUnknownBackupJobLeavesTheListInDoubt() throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"stray","backupJobId":"gone"},{"id":"orphan"},
                 {"id":"%s","name":"Renamed","backupJobId":"%s"}]""".formatted(NORTH_COPY, MAILBOXES)));

        poll();

        assertThat(copies()).contains(NORTH + " Renamed configuration-changed");
        assertThat(receipt())
                .containsEntry("outcome", "PARTIAL")
                .containsEntry(
                        "not_complete",
                        "[{\"jobType\":\"copy\",\"outcome\":\"PARTIAL\",\"reason\":"
                                + "\"copy job stray is of backup job gone, which is not known (and 1 more like it)\"}]");
        assertThat(absentCopies())
                .as("south's copy job is not listed, and does not count as absent")
                .isZero();
    }

    @Test
    void aCopyJobStaysWhereItIsKnownWhenItsBackupJobCannotBeTold() throws Exception {
        poll();
        veeam.on(
                copyJobs("v7"),
                Answer.json(Answer.text("v7-copy-jobs.json")
                        .replace(MAILBOXES, "another-0000")
                        .replace("Success", "Failed")));

        poll();

        assertThat(copies()).contains(NORTH + " Mailboxes copy configuration-changed");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    @Test
    void aCopyJobOfAnOrganizationThatTheServerDoesNotListLeavesTheListInDoubt() throws Exception {
        veeam.on(PAGE.formatted(0), Answer.json("""
                {"offset":0,"limit":10000,"results":[{"id":"c","organizationId":"elsewhere","backupJobId":"%s"}]}""".formatted(MAILBOXES)));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat((String) receipt().get("not_complete"))
                .isEqualTo("[{\"jobType\":\"copy\",\"outcome\":\"PARTIAL\",\"reason\":"
                        + "\"copy job c is of organization elsewhere, which the server does not list\"}]");
        assertThat(copies()).isEmpty();
    }

    @Test
    void inVersionEightACopyJobThatDoesNotTellItsOrganizationIsOfThatOfItsBackupJob() throws Exception {
        veeam.on(PAGE.formatted(0), Answer.json("""
                {"offset":0,"limit":10000,"results":[{"id":"c","name":"C","organizationId":null,"backupJobId":"%s"}]}""".formatted(MAILBOXES)));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat(copies()).containsExactly(NORTH + " C created");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v7", "v8"})
    void whereTheOperatorNamesOrganizationsTheCopyJobsOfOthersAreNoneOfOurs(String version) throws Exception {
        TestPipeline.pollOnce(
                database, veeam, version, Map.of("source.veeam.organizations.include", "north.example.com"));

        assertThat(copies()).containsExactly(NORTH + " Mailboxes copy created");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6", "v7", "v8"})
    void whereTheOnlyOrganizationThatTheOperatorNamesIsGoneThatIsToldOnceAndItLosesNoJob(String version)
            throws Exception {
        Map<String, String> include = Map.of("source.veeam.organizations.include", NORTH);
        TestPipeline.pollOnce(database, veeam, version, include);
        String south = "[{\"id\":\"%s\"}]".formatted(SOUTH);
        veeam.on(
                "GET /" + version + "/Organizations",
                Answer.json(version.equals("v8") ? "{\"limit\":10000,\"results\":%s}".formatted(south) : south));

        Summary summary = TestPipeline.pollOnce(database, veeam, version, include);
        TestPipeline.pollOnce(database, veeam, version, include);

        String lacks =
                "source.veeam.organizations.include names \"%s\", which the server does not list".formatted(NORTH);
        assertThat(summary.reachedAllSources()).isFalse();
        assertThat(
                        database.rows(
                                "select outcome, reason, organizations, not_complete from jobtrail.poll_receipt where attempt > 1 order by seq"))
                .allSatisfy(receipt -> assertThat(receipt)
                        .containsEntry("outcome", "PARTIAL")
                        .containsEntry("reason", lacks)
                        .containsEntry("organizations", 0))
                .extracting(receipt -> (String) receipt.get("not_complete"))
                .satisfiesExactly(
                        first -> assertThat(first).contains(NORTH, "organization-gone"),
                        second -> assertThat(second).isEqualTo("[]"));
        assertThat(database.column("select organization_gone_since is not null from report.current_job"))
                .containsExactly(true, true, true);
        assertThat(database.column("select absent_polls from jobtrail.job_state"))
                .containsOnly(0);
    }

    @Test
    void theCopyJobsOfAnOrganizationOfAnotherSourceAreLeftOut() throws Exception {
        database.query(
                "claim_poll",
                Map.of(
                        "source",
                        "older",
                        "organization_id",
                        SOUTH,
                        "organization_name",
                        "south",
                        "job_type",
                        "backup",
                        "patience",
                        "2 minutes"));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat(copies()).containsExactly(NORTH + " Mailboxes copy created");
        assertThat((String) receipt().get("not_complete"))
                .contains(SOUTH, "belongs to source older")
                .doesNotContain("copy");
    }

    @Test
    void whereSomebodyHoldsAnOrganizationsHistoryLockedTheOthersAreRecordedAndItsListsSaySo() throws Exception {
        TestPipeline.pollOnce(database, veeam, "v8");
        database.execute("delete from jobtrail.job_list where job_type = 'copy'");

        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select from jobtrail.organization_head where organization_id = '%s' for update".formatted(SOUTH));
            TestPipeline.pollOnce(database, veeam, "v8");
            other.rollback();
        }

        assertThat(database.column("select organization_id from jobtrail.job_list where job_type = 'copy'"))
                .containsExactly(NORTH);
        assertThat((String) receipt().get("not_complete"))
                .contains(SOUTH, "somebody else holds its history locked", "55P03")
                .doesNotContain(NORTH);
    }

    @Test
    void anElementThatIsNoCopyJobIsKeptAsideAndAbsenceCountsForNobody() throws Exception {
        poll();
        veeam.on(copyJobs("v7"), Answer.json("""
                ["a word", {"name":"no id"}, {"id":1}, "a word",
                 {"name":"no id, but whose it is","backupJobId":"%1$s"},
                 {"id":"%2$s","name":"Mailboxes copy","backupJobId":"%1$s"}]""".formatted(MAILBOXES, NORTH_COPY)));

        poll();

        assertThat(database.rows("""
                        select source, organization_id, job_type, reason, raw from jobtrail.rejected_job
                        """))
                .extracting(row -> row.get("source") + " " + row.get("organization_id") + " " + row.get("job_type")
                        + " " + row.get("reason"))
                .containsExactlyInAnyOrder(
                        "veeam  copy it is no object",
                        "veeam  copy it has no id",
                        "veeam " + NORTH + " copy it has no id",
                        "veeam  copy it has no id");
        assertThat(receipt()).containsEntry("outcome", "PARTIAL").containsEntry("rejected", 5);
        assertThat((String) receipt().get("not_complete"))
                .contains(
                        "{\"jobType\":\"copy\",\"outcome\":\"PARTIAL\",\"reason\":\"4 unreadable: it is no object, and 3 more, see jobtrail.rejected_job\"}")
                .contains("{\"organizationId\":\"%s\",\"jobType\":\"copy\",\"outcome\":\"PARTIAL\"".formatted(NORTH));
        assertThat(absentCopies()).isZero();
    }

    @Test
    void twoCopyJobsOfOneIdThatDifferLeaveOnlyTheirOrganizationInDoubt() throws Exception {
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"twice","name":"One","backupJobId":"%1$s"},{"id":"twice","name":"Two","backupJobId":"%1$s"}]""".formatted(MAILBOXES)));

        poll();

        assertThat(copies()).isEmpty();
        assertThat((String) receipt().get("not_complete"))
                .contains(NORTH, "job twice stands in the list twice and differs")
                .doesNotContain(SOUTH);
    }

    @Test
    void theReceiptOfAPollWithCopyJobsIsThatOfTheNextWithTheSameLists() throws Exception {
        veeam.on(copyJobs("v7"), Answer.json("""
                [{"id":"a","name":"A","backupJobId":"%s"}]""".formatted(MAILBOXES)));
        poll();
        Object first = receipt().get("lists_digest");
        poll();
        assertThat(receipt().get("lists_digest")).isEqualTo(first);
        veeam.on(copyJobs("v7"), Answer.file("v7-copy-jobs.json"));

        poll();

        assertThat(receipt().get("lists_digest")).isNotEqualTo(first);
    }

    private Summary poll() throws Exception {
        return TestPipeline.pollOnce(database, veeam, "v7");
    }

    private static String jobs(String version, String organization) {
        return "GET /" + version + "/Organizations/" + organization + "/Jobs";
    }

    private static String copyJobs(String version) {
        return "GET /" + version + "/CopyJobs";
    }

    private List<Object> copies() throws SQLException {
        return database.column("""
                select organization_id || ' ' || job_name || ' ' || change_kind from jobtrail.job_history
                where job_type = 'copy' order by organization_id, seq
                """);
    }

    private long absentCopies() throws SQLException {
        return (Long) database.value("select count(*) from jobtrail.job_state where absent_polls > 0");
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
