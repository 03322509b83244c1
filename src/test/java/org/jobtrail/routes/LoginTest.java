package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.FakeVeeam.Call;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a poll begins: which version is spoken, how the token is got, and who the server is. */
@ExtendWith(RealServers.class)
class LoginTest {

    private static final String SERVER =
            "{\"installationId\":\"1F2E3D4C-0000-4000-8000-000000000001\",\"version\":\"8.1.0.3503\"}";
    private static final String INSTALLATION = "1f2e3d4c-0000-4000-8000-000000000001";

    private final TestDatabase database;
    private final FakeVeeam veeam;

    LoginTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start();
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @Test
    void theNewestVersionIsFoundWithoutACredentialAndTheServerIsInTheReceipt() throws Exception {
        serve("v8");

        poll("auto");

        assertThat(receipt())
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("api_version", "v8")
                .containsEntry("installation_id", INSTALLATION)
                .containsEntry("product_version", "8.1.0.3503");
        assertThat(veeam.calls())
                .extracting(Call::target)
                .startsWith("GET /v8/ServiceInstance", "POST /v8/token", "GET /v8/ServiceInstance");
        assertThat(veeam.calls().get(0).authorization()).isNull();
        assertThat(veeam.calls()).noneMatch(call -> call.headers().containsKey("Jobtrail-deadline"));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void aBusyServerIsNotTakenForAnOlderOne(int status) throws Exception {
        serve("v7");
        veeam.on("GET /v8/ServiceInstance", Answer.status(status));

        poll("auto");

        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .containsEntry("reason", "the server answered %d to /v8/ServiceInstance".formatted(status));
        assertThat(veeam.calls("GET /v7/ServiceInstance")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /v8/ServiceInstance", "POST /v8/token"})
    void aRedirectIsNotFollowed(String redirected) throws Exception {
        serve("v8");
        veeam.on(redirected, Answer.status(302).with("Location", veeam.url() + "/elsewhere"));

        poll("auto");

        assertThat((String) receipt().get("reason")).contains("302", "redirects are not followed");
        assertThat(veeam.calls("GET /elsewhere")).isEmpty();
        assertThat(veeam.calls("POST /elsewhere")).isEmpty();
    }

    @Test
    void aServerBeforeVersionSixIsFoundByItsTokenEndpoint() throws Exception {
        veeam.on("POST /v5/token", Answer.TOKEN)
                .on("GET /v5/Organizations", Answer.json("[{\"id\":\"north\"}]"))
                .on("GET /v5/Organizations/north/Jobs", Answer.json("[]"));

        poll("auto");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("api_version", "v5");
        assertThat(receipt()).containsEntry("installation_id", null).containsEntry("product_version", null);
    }

    @Test
    void aVersionThatIsGoneAfterTheLoginIsAskedForAgainAndTheOlderOneIsBelievedAtTheSecondPoll() throws Exception {
        serve("v8");
        serve("v7");

        try (var pipeline = TestPipeline.pollWithoutPause(database, settings("auto"))) {
            pipeline.nextSummary();
            veeam.on("GET /v8/ServiceInstance", Answer.status(404))
                    .on("POST /v8/token", Answer.status(404))
                    .on("GET /v8/Organizations", Answer.status(404));
            awaitReceipts(pipeline, "api_version = 'v7' and outcome = 'COMPLETE'");
        }

        List<Object> told = database.column("""
                select coalesce(reason, api_version) from (select *, lag(coalesce(reason, api_version)) over (order by seq)
                    as before from jobtrail.poll_receipt) receipts
                where before is distinct from coalesce(reason, api_version) order by seq
                """);
        assertThat(told.subList(0, 4))
                .containsExactly(
                        "v8",
                        "the server answered 404 to /v8/Organizations",
                        "the server at %s was spoken to as v8 and now says that it knows v7 at most: believed if the next poll finds the same"
                                .formatted(veeam.url()),
                        "v7");
    }

    @Test
    void anOlderVersionThanBeforeIsBelievedWhenTwoPollsInARowFoundItEachByAProcessOfItsOwn() throws Exception {
        serve("v8");
        serve("v7");
        poll("auto");
        veeam.on("GET /v8/ServiceInstance", Answer.status(404));

        poll("auto");
        assertThat(lastReceipt()).containsEntry("outcome", "FAILED").containsEntry("api_version", "v7");
        assertThat((String) lastReceipt().get("reason")).contains("was spoken to as v8", "v7 at most");
        assertThat(veeam.calls("GET /v7/Organizations")).isEmpty();

        poll("auto");
        assertThat(lastReceipt()).containsEntry("outcome", "COMPLETE").containsEntry("api_version", "v7");
    }

    @Test
    void aServerThatWasReplacedByAnOlderOneIsToldOfWhenItIsBelieved() throws Exception {
        serve("v8");
        serve("v7");
        poll("auto");
        veeam.on("GET /v8/ServiceInstance", Answer.status(404))
                .on("GET /v7/ServiceInstance", Answer.json(SERVER.replace("1F2E", "2A3B")));

        poll("auto");
        assertThat((String) lastReceipt().get("reason")).contains("v7 at most");
        assertThat(database.column("select installation_id from jobtrail.installation"))
                .containsExactly(INSTALLATION);

        poll("auto");
        assertThat((String) lastReceipt().get("reason")).contains("answers, where it was " + INSTALLATION);
    }

    @Test
    void aSourceThatLedToAnotherOnesServerForAWhileIsPolledAsSoonAsItDoesNotWithTheSameToken() throws Exception {
        serve("v8");
        database.execute(
                "insert into jobtrail.installation values ('%s', 'other', null, now(), now())".formatted(INSTALLATION));

        try (var pipeline = TestPipeline.pollWithoutPause(database, settings("auto"))) {
            awaitReceipts(pipeline, "outcome = 'FAILED' and reason like '%belongs to source other%'");
            veeam.on("GET /v8/ServiceInstance", Answer.json(SERVER.replace("1F2E", "2A3B")));
            awaitReceipts(pipeline, "outcome = 'COMPLETE' and installation_id like '2a3b%'");
        }
    }

    @Test
    void anAnswerThatPassesChangesNothingHoweverOftenItComes() throws Exception {
        serve("v8");
        serve("v7");
        for (int time = 0; time < 2; time++) {
            poll("auto");
            assertThat(lastReceipt()).containsEntry("outcome", "COMPLETE").containsEntry("api_version", "v8");
            veeam.on("GET /v8/ServiceInstance", Answer.status(404));
            poll("auto");
            assertThat((String) lastReceipt().get("reason")).contains("v7 at most");
            serve("v8");
        }
    }

    @Test
    void twoDoubtsWithAFailureBetweenThemAreNotInARow() throws Exception {
        serve("v8");
        serve("v7");
        poll("auto");
        for (int status : new int[] {404, 503, 404}) {
            veeam.on("GET /v8/ServiceInstance", Answer.status(status));
            poll("auto");
            assertThat(lastReceipt()).containsEntry("outcome", "FAILED");
        }
        assertThat((String) lastReceipt().get("reason")).contains("v7 at most");
    }

    @Test
    void refusedCredentialsAreNotTriedAtEachPoll() throws Exception {
        serve("v8");
        veeam.on("POST /v8/token", Answer.status(400));

        try (var pipeline = TestPipeline.pollWithoutPause(database, settings("v8"))) {
            for (int poll = 0; poll < 5; poll++) {
                pipeline.nextSummary();
            }
        }

        assertThat(veeam.calls()).hasSize(1);
        assertThat(database.column("select distinct reason from jobtrail.poll_receipt"))
                .singleElement()
                .asString()
                .startsWith("credentials refused (status 400): ")
                .contains("; next try at ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /v8/ServiceInstance", "POST /v8/token"})
    void aLoginThatHangsEndsWithTheDeadline(String hanging) throws Exception {
        serve("v8");
        var end = new CountDownLatch(1);
        veeam.refuse(call -> call.target().equals(hanging) && hangs(end));
        var settings = settings("auto");
        settings.put("poll.deadline", "1s");

        try (var pipeline = TestPipeline.poll(database, settings)) {
            pipeline.nextSummary();
        } finally {
            end.countDown();
        }

        assertThat(receipt()).containsEntry("outcome", "FAILED");
        assertThat((String) receipt().get("reason")).contains("in time (poll.deadline is 1 s)");
    }

    @Test
    void aTokenThatExpiresIsRefreshedAndWithoutAnAnswerThePasswordIsAskedForInTheSamePoll() throws Exception {
        serve("v8");
        String shortLived = "{\"access_token\":\"token-%d\",\"refresh_token\":\"refresh-%d\",\"expires_in\":\"1\"}";
        veeam.on(
                "POST /v8/token",
                Answer.json(shortLived.formatted(1, 1)),
                Answer.HANG_UP,
                Answer.json(shortLived.formatted(2, 2)),
                Answer.json("<html>"),
                Answer.TOKEN);

        try (var pipeline = TestPipeline.pollWithoutPause(database, settings("v8"))) {
            while (veeam.calls("POST /v8/token").size() < 5) {
                pipeline.nextSummary();
            }
            pipeline.nextSummary();
        }

        assertThat(database.column("select distinct outcome from jobtrail.poll_receipt"))
                .containsExactly("COMPLETE");
        assertThat(veeam.calls("POST /v8/token"))
                .extracting(call ->
                        call.body().split("&")[0] + " " + call.body().endsWith("disable_antiforgery_token=true"))
                .containsExactly(
                        "grant_type=password true",
                        "grant_type=refresh_token true",
                        "grant_type=password true",
                        "grant_type=refresh_token true",
                        "grant_type=password true");
    }

    @Test
    void aByteOrderMarkMoreMembersAndAnyTypeDoNotSpoilAToken() throws Exception {
        serve("v8");
        String token =
                "{\"access_token\":\"a b~!\\\"+/=\",\"token_type\":\"MAC\",\"userName\":null,\".issued\":7,\"x\":[{}]}";
        byte[] body = ("\uFEFF" + token).getBytes(StandardCharsets.UTF_8);
        veeam.on("POST /v8/token", new Answer(200, "text/plain", body));

        poll("v8");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
        assertThat(veeam.calls("GET /v8/Organizations"))
                .extracting(Call::authorization)
                .containsExactly("Bearer a b~!\"+/=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret\\r\\nX-Other: 1", "s3cret\\u0000", "s3cret\\u00e9", "s3cret\\ud83d\\ude80"})
    void aTokenThatMayNotStandInAHeaderIsRefusedAndNotTold(String token) throws Exception {
        serve("v8");
        veeam.on("POST /v8/token", Answer.json("{\"access_token\":\"%s\"}".formatted(token)));

        poll("v8");

        assertThat((String) receipt().get("reason"))
                .contains("may not stand in a header")
                .doesNotContain("s3cret");
        assertThat(veeam.calls()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>Sign in</html>", "[]", "\"text\"", "{\"access_token\":", "null"})
    void aLoginThatIsAnsweredWithSomethingElseSaysSo(String body) throws Exception {
        serve("v8");
        veeam.on("POST /v8/token", Answer.json(body));

        poll("v8");

        assertThat((String) receipt().get("reason")).startsWith("the server answered the login with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{\"installationId\":7}", "{\"installationId\":\"\\u0000\"}"})
    void aServerThatSaysNothingUsefulOfItselfIsPolledAllTheSame(String body) throws Exception {
        serve("v8");
        veeam.on("GET /v8/ServiceInstance", Answer.json(body));

        poll("v8");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("installation_id", null);
    }

    @Test
    void aServerThatHangsUpOnTheQuestionWhoItIsIsPolledAllTheSame() throws Exception {
        serve("v8");
        veeam.on("GET /v8/ServiceInstance", Answer.HANG_UP);

        poll("v8");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("installation_id", null);
    }

    @Test
    void aSecondSourceForTheSameServerIsRefusedBeforeAnyOrganizationIsClaimed() throws Exception {
        serve("v8");
        database.query(
                "claim_installation",
                Map.of(
                        "source",
                        "older",
                        "attempt",
                        1L,
                        "installation_id",
                        INSTALLATION,
                        "product_version",
                        "8.1.0.3503"));

        poll("v8");

        assertThat(receipt()).containsEntry("outcome", "FAILED");
        assertThat((String) receipt().get("reason"))
                .contains("installation " + INSTALLATION + " is presented by source veeam but belongs to source older");
        assertThat(veeam.calls("GET /v8/Organizations")).isEmpty();
        assertThat(database.rows("select from jobtrail.organization_head")).isEmpty();
    }

    private static boolean hangs(CountDownLatch end) {
        try {
            return end.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void poll(String version) throws Exception {
        TestPipeline.pollOnce(database, veeam, version);
    }

    private static void awaitReceipts(TestPipeline pipeline, TestDatabase database, String condition) throws Exception {
        while (database.rows("select from jobtrail.poll_receipt where " + condition)
                .isEmpty()) {
            pipeline.nextSummary();
        }
    }

    private void awaitReceipts(TestPipeline pipeline, String condition) throws Exception {
        awaitReceipts(pipeline, database, condition);
    }

    private Map<String, String> settings(String version) {
        return new HashMap<>(TestPipeline.source("veeam", veeam.url(), version));
    }

    /** One organization without jobs. */
    private void serve(String version) {
        boolean paged = version.equals("v8");
        String organizations = "[{\"id\":\"north\"}]";
        veeam.on("POST /" + version + "/token", Answer.TOKEN)
                .on("GET /" + version + "/ServiceInstance", Answer.json(SERVER))
                .on("GET /" + version + "/Organizations", Answer.json(paged ? page(organizations) : organizations))
                .on(
                        paged ? "GET /v8/Jobs" : "GET /" + version + "/Organizations/north/Jobs",
                        Answer.json(paged ? page("[]") : "[]"));
    }

    private static String page(String results) {
        return "{\"limit\":10000,\"results\":%s}".formatted(results);
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt where seq = 1")
                .get(0);
    }

    private Map<String, Object> lastReceipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
