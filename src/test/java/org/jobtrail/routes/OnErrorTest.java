package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jobtrail.poll.Summary;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll does with each kind of failure: two organizations, north with two jobs, south with one. */
@ExtendWith(RealServers.class)
class OnErrorTest {

    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";
    private static final String TOKEN = "POST /v7/token";
    private static final String ORGANIZATIONS = "GET /v7/Organizations";
    private static final String NORTH_JOBS = "GET /v7/Organizations/" + NORTH + "/Jobs";
    private static final String SOUTH_JOBS = "GET /v7/Organizations/" + SOUTH + "/Jobs";

    private final TestDatabase database;
    private final FakeVeeam veeam;

    OnErrorTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start()
                .on(TOKEN, Answer.TOKEN)
                .on(ORGANIZATIONS, Answer.file("v7-organizations.json"))
                .on(NORTH_JOBS, Answer.file("v7-jobs-north.json"))
                .on(SOUTH_JOBS, Answer.file("v7-jobs-south.json"));
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @Test
    void withoutAnErrorEveryJobIsCreatedAndTheReceiptIsComplete() throws Exception {
        Summary summary = poll();

        assertThat(summary.reachedAllSources()).isTrue();
        assertThat(jobNames()).containsExactlyInAnyOrder("Mailboxes", "Gr\u00f6\u00dfere Postf\u00e4cher", "OneDrive");
        assertThat(receipt())
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("organizations", 2)
                .containsEntry("jobs", 3)
                .containsEntry("changes", 3)
                .containsEntry("not_complete", "[]");
        assertThat(veeam.calls(TOKEN)).hasSize(1);
        assertThat(veeam.calls()).allSatisfy(call -> assertThat(call.target()).doesNotContain("secret"));
    }

    @Test
    void a401RenewsTheTokenOnceAndTheListIsReadAgain() throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(401), Answer.file("v7-jobs-north.json"));

        poll();

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("changes", 3);
        assertThat(veeam.calls(TOKEN)).hasSize(2);
        assertThat(veeam.calls(NORTH_JOBS))
                .extracting(FakeVeeam.Call::authorization)
                .containsExactly("Bearer token-1", "Bearer token-2");
    }

    @Test
    void a401InTheMiddleOfAListStartsItOverFromItsFirstPage() throws Exception {
        String pages = "GET /v8/Jobs?organizationId=" + NORTH + "&offset=%d&limit=10000";
        veeam.on("POST /v8/token", Answer.TOKEN)
                .on("GET /v8/Organizations", Answer.file("v8-organizations.json"))
                .on(pages.formatted(0), Answer.file("v8-jobs-first-page.json"))
                .on(pages.formatted(1), Answer.status(401), Answer.file("v8-jobs-second-page.json"))
                .on(pages.formatted(2), Answer.file("v8-jobs-last-page.json"));

        TestPipeline.pollOnce(database, veeam, "v8");

        assertThat(veeam.calls("GET /v8/Jobs"))
                .extracting(FakeVeeam.Call::target)
                .containsExactly(
                        pages.formatted(0),
                        pages.formatted(1),
                        pages.formatted(0),
                        pages.formatted(1),
                        pages.formatted(2));
        assertThat(jobNames()).hasSize(3);
        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 3);
    }

    @Test
    void a401AfterTheRenewalFailsThatOrganizationOnly() throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(401));

        // One after the other: a list that was answered with the second token would be reason to ask for a third.
        TestPipeline.pollOnce(database, veeam, "v7", Map.of("poll.concurrency", "1"));

        assertOnlyNorthFailed("the server answered 401 to /v7/Organizations/" + NORTH + "/Jobs");
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(2);
        assertThat(veeam.calls(TOKEN)).hasSize(2);
    }

    @Test
    void a401ToTheListOfOrganizationsRenewsTheTokenToo() throws Exception {
        veeam.on(ORGANIZATIONS, Answer.status(401), Answer.file("v7-organizations.json"));

        poll();

        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
        assertThat(veeam.calls(ORGANIZATIONS))
                .extracting(FakeVeeam.Call::authorization)
                .containsExactly("Bearer token-1", "Bearer token-2");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503})
    void aServerThatIsHavingAMomentIsAskedAgain(int status) throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(status), Answer.file("v7-jobs-north.json"));

        poll();

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("changes", 3);
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(2);
    }

    @Test
    void aServerThatForgotItsTokensInARestartHasAsManyMomentsAsAnyOther() throws Exception {
        veeam.on(
                NORTH_JOBS,
                Answer.status(401),
                Answer.status(503),
                Answer.status(503),
                Answer.file("v7-jobs-north.json"));

        poll();

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("changes", 3);
    }

    @Test
    void aBrokenConnectionIsTriedAgain() throws Exception {
        veeam.on(NORTH_JOBS, Answer.HANG_UP, Answer.file("v7-jobs-north.json"));

        poll();

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("changes", 3);
    }

    @Test
    void aServerThatStaysBrokenIsAskedThreeTimesAndOnlyThatOrganizationFails() throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(503));

        Summary summary = poll();

        assertOnlyNorthFailed("the server answered 503 to /v7/Organizations/" + NORTH + "/Jobs");
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(3);
        assertThat(summary.reachedAllSources()).isTrue();
        assertThat(summary.text()).contains("1 organization not complete");
    }

    @Test
    void aConnectionThatKeepsBreakingFailsThatOrganizationOnly() throws Exception {
        veeam.on(NORTH_JOBS, Answer.HANG_UP);

        poll();

        assertOnlyNorthFailed("");
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void whatWillNotChangeIsNotAskedTwice(int status) throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(status));

        poll();

        assertOnlyNorthFailed("the server answered %d to /v7/Organizations/%s/Jobs".formatted(status, NORTH));
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(1);
    }

    @Test
    void anElementThatIsNoJobCostsOnlyItself() throws Exception {
        veeam.on(NORTH_JOBS, Answer.file("v7-jobs-two-unreadable.json"));

        poll();

        assertThat(jobNames()).hasSize(3);
        assertThat(receipt()).containsEntry("outcome", "PARTIAL").containsEntry("rejected", 2);
        assertThat((String) receipt().get("not_complete")).contains(NORTH, "\"PARTIAL\"", "2 of 4 jobs kept aside");
        assertThat(database.rows("select organization_id, reason, raw from jobtrail.rejected_job order by raw"))
                .containsExactly(
                        Map.of(
                                "organization_id",
                                NORTH,
                                "reason",
                                "it is no object",
                                "raw",
                                "\"a word where a job should be\""),
                        Map.of(
                                "organization_id",
                                NORTH,
                                "reason",
                                "it has no id",
                                "raw",
                                "{\"name\": \"a job without an id\"}"));
    }

    @Test
    void aLoginPageWithStatus200IsNoEmptyList() throws Exception {
        poll();
        veeam.on(NORTH_JOBS, Answer.html("<html><body>Sign in</body></html>"));

        poll();

        assertNothingHappenedToNorth("the answer is text/html, not application/json");
    }

    @Test
    void aTruncatedListIsNoList() throws Exception {
        poll();
        String whole = Answer.text("v7-jobs-north.json");
        veeam.on(NORTH_JOBS, Answer.json(whole.substring(0, whole.length() / 2)));

        poll();

        assertNothingHappenedToNorth("the answer is not whole JSON");
    }

    @Test
    void anEmptyBodyIsNoList() throws Exception {
        poll();
        veeam.on(NORTH_JOBS, new Answer(200, "application/json", new byte[0]));

        poll();

        assertNothingHappenedToNorth("the answer is no list: it is empty");
    }

    @Test
    void aListThatIsSuddenlyEmptyIsSuspectAndRecordsNothing() throws Exception {
        poll();
        veeam.on(NORTH_JOBS, Answer.json("[]"));

        poll();

        assertThat(jobNames()).hasSize(3);
        assertThat((String) receipt().get("not_complete")).contains(NORTH, "\"SUSPECT\"");
    }

    @Test
    void aListOfOrganizationsThatCannotBeReadFailsTheSource() throws Exception {
        veeam.on(ORGANIZATIONS, Answer.html("<html></html>"));

        Summary summary = poll();

        assertThat(summary.reachedAllSources()).isFalse();
        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .containsEntry("reason", "the answer is text/html, not application/json");
        assertThat(jobNames()).isEmpty();
    }

    @Test
    void refusedCredentialsFailTheSourceWithoutASecondTryAndNameTheSettings() throws Exception {
        veeam.on(TOKEN, Answer.status(400));

        Summary summary = poll();

        assertThat(summary.reachedAllSources()).isFalse();
        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .hasEntrySatisfying(
                        "reason",
                        reason -> assertThat((String) reason)
                                .startsWith(
                                        "credentials refused (status 400): check source.veeam.username and source.veeam.password; next try at "));
        assertThat(veeam.calls(TOKEN)).hasSize(1);
    }

    @Test
    void aDatabaseThatDoesNotTellWhatIsKnownEndsThePollOfEachOrganization() throws Exception {
        database.execute("alter table jobtrail.known_job rename raw_digest to not_there");

        poll();

        assertThat(jobNames()).isEmpty();
        assertThat((String) receipt().get("not_complete"))
                .contains(
                        NORTH,
                        SOUTH,
                        "\"FAILED\"",
                        "PostgreSQL (42703): ERROR: column \\\"raw_digest\\\" does not exist");
        assertThat(veeam.calls(NORTH_JOBS)).hasSize(1);
    }

    @Test
    void theChangeOfAJobWhoseLastRowIsNotThereIsToldWithoutWhatItWasBefore() throws Exception {
        poll();
        new Tampering(database)
                .edit("delete from jobtrail.job_history where organization_id = '%s' and seq = 1".formatted(NORTH));
        veeam.on(NORTH_JOBS, Answer.json(changed("v7-jobs-north.json")));

        poll();

        assertThat(database.column("""
                        select change_kind || ' ' || (payload::json ->> 'before' = '{}') from jobtrail.job_history
                        where organization_id = '%s' and seq > 2 order by seq""".formatted(NORTH)))
                .containsExactly("rebaselined true", "configuration-changed false");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    private static String changed(String jobs) throws IOException {
        return new String(Answer.file(jobs).body(), StandardCharsets.UTF_8)
                .replace("\"description\": \"", "\"description\": \"new ");
    }

    @Test
    void anOrganizationOfAnotherSourceFailsAloneNamingBothSources() throws Exception {
        database.query(
                "claim_poll",
                Map.of(
                        "source",
                        "older",
                        "organization_id",
                        NORTH,
                        "organization_name",
                        "north",
                        "job_type",
                        "backup",
                        "patience",
                        "2 minutes"));

        poll();

        assertOnlyNorthFailed("is presented by source veeam but belongs to source older");
    }

    private Summary poll() throws Exception {
        return TestPipeline.pollOnce(database, veeam, "v7");
    }

    private void assertOnlyNorthFailed(String reason) throws SQLException {
        assertThat(jobNames()).containsExactly("OneDrive");
        assertThat(receipt()).containsEntry("outcome", "PARTIAL").containsEntry("reason", null);
        assertThat((String) receipt().get("not_complete"))
                .contains(NORTH, "\"FAILED\"", reason)
                .doesNotContain(SOUTH);
    }

    private void assertNothingHappenedToNorth(String reason) throws SQLException {
        assertThat(jobNames()).hasSize(3);
        assertThat((String) receipt().get("not_complete"))
                .contains(NORTH, "\"FAILED\"", reason)
                .doesNotContain(SOUTH);
        assertThat(database.column("select absent_polls from jobtrail.job_state"))
                .containsOnly(0);
    }

    private List<Object> jobNames() throws SQLException {
        return database.column("select job_name from jobtrail.job_history order by organization_id, seq");
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
