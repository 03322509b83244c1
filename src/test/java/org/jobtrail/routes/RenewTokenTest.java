package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll of many organizations does when a token dies under it. */
@ExtendWith(RealServers.class)
class RenewTokenTest {

    private static final String TOKEN = "POST /v7/token";
    private static final String ORGANIZATIONS = "GET /v7/Organizations";
    private static final String SERVER = "{\"installationId\":\"1f2e3d4c\",\"version\":\"7.0.0.2911\"}";

    private final TestDatabase database;
    private final FakeVeeam veeam;
    private final Map<String, Integer> uses = new ConcurrentHashMap<>();

    RenewTokenTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start().on(TOKEN, Answer.TOKEN).on("GET /v7/ServiceInstance", Answer.json(SERVER));
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    /** {@code -Dpolls=200} for the long run. A list of v8 has two pages here: it takes two calls with one token. */
    @ParameterizedTest
    @CsvSource({"v7, 4", "v8, 1"})
    void everyListIsCompleteThoughEachTokenDiesAfterThreeRequests(String version, int concurrency) throws Exception {
        int polls = Integer.getInteger("polls", 15);
        organizations(4);
        pagesOfVersionEight(4);
        veeam.refuse(call -> isAnonymous(call)
                || call.authorization() != null
                        && uses.merge(call.authorization(), isDataCall(call) ? 1 : 0, Integer::sum) > 3);

        try (var pipeline = TestPipeline.pollWithoutPause(database, settings(version, concurrency))) {
            for (int poll = 0; poll < polls; poll++) {
                assertThat(pipeline.nextSummary().text()).as("poll " + poll).contains("4 organizations, 8 jobs");
            }
        }

        assertThat(database.column("select distinct outcome || not_complete from jobtrail.poll_receipt"))
                .containsExactly("COMPLETE[]");
        assertThat(database.value("select count(*) from jobtrail.job_history where change_kind = 'missing'"))
                .isEqualTo(0L);
        List<Call> logins = veeam.calls("POST /" + version + "/token");
        long refreshes = logins.stream().filter(RenewTokenTest::isRefresh).count();
        System.out.printf(
                "%s, %d polls: %d data calls, %d logins, %d refreshes%n",
                version,
                (Long) database.value("select count(*) from jobtrail.poll_receipt"),
                veeam.calls().stream().filter(RenewTokenTest::isDataCall).count(),
                logins.size() - refreshes,
                refreshes);
        assertThat(logins.size() - refreshes).isEqualTo(1);
    }

    @Test
    void fiftyListsThatWereRefusedTogetherCauseOneRefresh() throws Exception {
        organizations(50);
        var together = new CountDownLatch(50);
        veeam.refuse(call -> {
            boolean dead = isJobs(call) && call.authorization().equals("Bearer token-1");
            if (dead) {
                Await.together(together);
            }
            return dead;
        });

        poll(50);

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 100);
        assertThat(veeam.calls(TOKEN)).hasSize(2);
        assertThat(jobCalls()).hasSize(100);
    }

    @Test
    void fiftyListsThatWereRefusedTogetherShareTheFailureOfOneLogin() throws Exception {
        organizations(50);
        var together = new CountDownLatch(50);
        veeam.on(TOKEN, Answer.TOKEN, Answer.status(400), Answer.status(403)).refuse(call -> {
            if (isJobs(call)) {
                Await.together(together);
            }
            return isJobs(call);
        });

        poll(50);

        assertThat(veeam.calls(TOKEN)).hasSize(3);
        assertThat(jobCalls()).hasSize(50);
        assertThat((String) receipt().get("not_complete"))
                .contains("credentials refused (status 403)")
                .doesNotContain("answered 401");
        assertThat(database.value("select json_array_length(not_complete::json) from jobtrail.poll_receipt"))
                .as("fifty organizations and the list of copy jobs")
                .isEqualTo(51);
    }

    @Test
    void organizationsThatAreReadAfterAFailedLoginAskNothing() throws Exception {
        organizations(20);
        veeam.on(TOKEN, Answer.TOKEN, Answer.status(400)).refuse(RenewTokenTest::isJobs);

        poll(2);

        assertThat(veeam.calls(TOKEN)).hasSize(3);
        assertThat(jobCalls()).hasSizeLessThanOrEqualTo(2);
        assertThat((String) receipt().get("not_complete")).contains("credentials refused (status 400)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void organizationsThatAreAlwaysRefusedFailAloneAndCostOneRefreshTogether(int concurrency) throws Exception {
        organizations(20);
        veeam.refuse(
                call -> isAnonymous(call) || isJobs(call) && call.target().matches(".*/organization-(3|7|11|19)/.*"));

        poll(concurrency);

        assertThat(database.column("""
                        select entry ->> 'organizationId' from jobtrail.poll_receipt,
                        json_array_elements(not_complete::json) entry order by 1
                        """))
                .containsExactly("organization-11", "organization-19", "organization-3", "organization-7");
        assertThat((String) receipt().get("not_complete"))
                .contains("the server answered 401 to /v7/Organizations/organization-3/Jobs, with a token that");
        assertThat(veeam.calls(TOKEN)).hasSize(2);
    }

    @Test
    void aRefusedListIsRenewedWithThePasswordWhereTheRefreshTokenBreaksTheConnection() throws Exception {
        organizations(2);
        veeam.on(TOKEN, Answer.TOKEN, Answer.HANG_UP, Answer.TOKEN)
                .refuse(call -> isJobs(call) && call.authorization().equals("Bearer token-1"));

        poll(2);

        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
        assertThat(veeam.calls(TOKEN))
                .extracting(call -> call.body().split("&")[0])
                .containsExactly("grant_type=password", "grant_type=refresh_token", "grant_type=password");
    }

    @Test
    void aListThatIsRefusedAndThenMetByABusyServerIsReadFromItsFirstPage() throws Exception {
        pagesOfVersionEight(1);
        String second = "GET /v8/Jobs?organizationId=organization-0&offset=0&limit=10000";
        veeam.on(second, Answer.json(page(0, 1)), Answer.status(503), Answer.json(page(0, 1)))
                .refuse(call -> call.target().contains("organizationId")
                        && call.target().contains("offset=1")
                        && call.authorization().equals("Bearer token-1"));

        try (var pipeline = TestPipeline.poll(database, settings("v8", 1))) {
            pipeline.nextSummary();
        }

        assertThat(database.rows("select outcome, jobs from jobtrail.poll_receipt where seq = 1"))
                .containsExactly(Map.of("outcome", "COMPLETE", "jobs", 2));
        assertThat(veeam.calls("GET /v8/Jobs"))
                .extracting(call -> call.target().replaceAll(".*(offset=\\d).*", "$1 ") + call.authorization())
                .containsExactly(
                        "offset=0 Bearer token-1",
                        "offset=1 Bearer token-1",
                        "offset=0 Bearer token-2",
                        "offset=0 Bearer token-2",
                        "offset=1 Bearer token-2");
    }

    private void poll(int concurrency) throws Exception {
        try (var pipeline = TestPipeline.poll(database, settings("v7", concurrency))) {
            pipeline.nextSummary();
        }
    }

    private Map<String, String> settings(String version, int concurrency) {
        var settings = new HashMap<>(TestPipeline.source("veeam", veeam.url(), version));
        settings.put("source.veeam.concurrency", "" + concurrency);
        // One poll is enough where a test waits for one.
        settings.put("poll.period", "1h");
        return settings;
    }

    private void organizations(int count) {
        veeam.on(ORGANIZATIONS, Answer.json("[" + elements(count) + "]"));
        for (int i = 0; i < count; i++) {
            veeam.on(
                    "GET /v7/Organizations/organization-%d/Jobs".formatted(i),
                    Answer.json("[%s,%s]".formatted(job(i, 0), job(i, 1))));
        }
    }

    /** Each organization has two jobs. The server gives one at a time, though it says that it gives two. */
    private void pagesOfVersionEight(int count) {
        veeam.on("POST /v8/token", Answer.TOKEN)
                .on("GET /v8/ServiceInstance", Answer.json(SERVER))
                .on(
                        "GET /v8/Organizations",
                        Answer.json("{\"limit\":10000,\"results\":[%s]}".formatted(elements(count))));
        for (int i = 0; i < count; i++) {
            String jobs = "GET /v8/Jobs?organizationId=organization-%d&offset=%d&limit=10000";
            veeam.on(jobs.formatted(i, 0), Answer.json(page(i, 1)))
                    .on(jobs.formatted(i, 1), Answer.json("{\"limit\":2,\"results\":[%s]}".formatted(job(i, 1))));
        }
    }

    private static String page(int organization, int limit) {
        return "{\"limit\":%d,\"results\":[%s]}".formatted(limit, job(organization, 0));
    }

    private static String elements(int count) {
        return IntStream.range(0, count)
                .mapToObj("{\"id\":\"organization-%d\"}"::formatted)
                .collect(Collectors.joining(","));
    }

    private static String job(int organization, int job) {
        return "{\"id\":\"job-%d-%d\",\"name\":\"Mailboxes\",\"isEnabled\":true,\"lastStatus\":\"Success\"}"
                .formatted(organization, job);
    }

    private static boolean isDataCall(Call call) {
        return call.authorization() != null && !call.target().contains("ServiceInstance");
    }

    private static boolean isAnonymous(Call call) {
        return call.authorization() == null && call.target().contains("ServiceInstance");
    }

    private static boolean isJobs(Call call) {
        return isDataCall(call) && call.target().endsWith("/Jobs");
    }

    private static boolean isRefresh(Call call) {
        return call.body().startsWith("grant_type=refresh_token");
    }

    private List<Call> jobCalls() {
        return veeam.calls().stream().filter(RenewTokenTest::isJobs).toList();
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt where seq = 1")
                .get(0);
    }
}
