package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.simulator.TrustingClient.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jobtrail.simulator.world.Organization;
import org.jobtrail.simulator.world.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FaultsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @RegisterExtension
    static final RunningSimulator server = new RunningSimulator(
            SimulatorOptions.defaults()
                    .withJobsPerOrganization(10)
                    .withPace(0.01)
                    .withClock(new MovableClock(NOW)),
            "v8");

    @Test
    void aTokenIsRefusedAfterSoManyDataCalls() throws Exception {
        server.faults().order("token-expires=3");

        assertThat(statuses("/v8/Jobs", 4)).containsExactly(200, 200, 200, 401);
        assertThat(server.client()
                        .get("/v8/Jobs", server.client().accessToken("v8"))
                        .statusCode())
                .isEqualTo(200);
        server.faults().end("token-expires");
        assertThat(statuses("/v8/Jobs", 1)).containsExactly(401);
    }

    @Test
    void aTokenExpiresBetweenTwoPages() throws Exception {
        server.faults().order("token-expires-between-pages*1");

        assertThat(statuses("/v8/Jobs?offset=0&limit=5", 2)).containsExactly(200, 200);
        assertThat(statuses("/v8/Jobs?offset=5&limit=5", 1)).containsExactly(401);
        assertThat(statuses("/v8/Jobs?offset=0&limit=5", 1)).containsExactly(401);
        server.signIn();
        assertThat(statuses("/v8/Jobs?offset=5&limit=5", 1)).containsExactly(200);
    }

    @ParameterizedTest
    @CsvSource({"v6, 200", "v7, 401", "v8, 401"})
    void whoDidNotSwitchOffTheAntiforgeryTokenIsRefused(String version, int status) throws Exception {
        server.faults().order("antiforgery-required");
        String form = "grant_type=password&username=simulator&password=simulator";
        JsonNode without = json(server.client().post("/" + version + "/token", form));

        assertThat(status(version, without)).isEqualTo(status);
        JsonNode with = json(server.client().post("/" + version + "/token", form + "&disable_antiforgery_token=true"));
        assertThat(status(version, with)).isEqualTo(200);
        String refresh = "grant_type=refresh_token&refresh_token="
                + with.path("refresh_token").textValue();
        assertThat(status(version, json(server.client().post("/" + version + "/token", refresh))))
                .isEqualTo(status);
    }

    @Test
    void aLoginAndARefreshCanBeRefused() throws Exception {
        String refresh = "grant_type=refresh_token&refresh_token="
                + server.client().signIn("v8").path("refresh_token").textValue();
        server.faults().order("login-refused=2");
        server.faults().order("refresh-refused");
        String login = "grant_type=password&username=simulator&password=simulator";

        assertThat(server.client().post("/v8/token", login).statusCode()).isEqualTo(200);
        assertThat(server.client().post("/v8/token", login).statusCode()).isEqualTo(400);
        assertThat(server.client().post("/v8/token", refresh).statusCode()).isEqualTo(400);
    }

    @Test
    void loginsAndRefreshesAreCounted() throws Exception {
        long logins = server.simulator().logins();
        long refreshes = server.simulator().refreshes();
        server.client().signIn("v8");
        server.client().post("/v8/token", "grant_type=refresh_token&refresh_token=made-up");

        assertThat(server.simulator().logins() - logins).isEqualTo(1);
        assertThat(server.simulator().refreshes() - refreshes).isEqualTo(1);
    }

    @Test
    void aServerMayHaveSmallerPagesThanItIsAskedFor() throws Exception {
        server.faults().order("page-limit=4");
        JsonNode page = json(server.get("/v8/Jobs?limit=10000"));

        assertThat(page.path("limit").intValue()).isEqualTo(4);
        assertThat(page.path("results")).hasSize(4);
        assertThat(page.at("/_links/next/href").textValue()).isEqualTo("/v8/Jobs?offset=4&limit=4");
        assertThat(json(server.get("/v7/Jobs")).size()).isGreaterThan(4);
    }

    @Test
    void theFirstElementGoesBetweenTwoPagesAndComesBackBetweenTheNext() throws Exception {
        List<String> all = ids(0, 100);
        server.faults().order("page-drift*2");

        assertThat(ids(0, 5)).isEqualTo(all.subList(0, 5));
        assertThat(ids(5, 5)).isEqualTo(all.subList(6, 11));
        assertThat(ids(0, 5)).isEqualTo(all.subList(1, 6));
        assertThat(ids(5, 5)).isEqualTo(all.subList(5, 10));
        assertThat(ids(0, 100)).isEqualTo(all);
        server.faults().order("page-drift*1");
        ids(5, 5);
        server.faults().order("page-drift*1");
        assertThat(ids(0, 100)).isEqualTo(all);
        assertThat(ids(5, 5)).isEqualTo(all.subList(6, 11));
        server.faults().end("page-drift");
        assertThat(ids(0, 100)).isEqualTo(all);
    }

    @Test
    void anElementAtAPagesEdgeComesTwiceOrNotAtAll() throws Exception {
        List<String> all = ids(0, 100);
        server.faults().order("duplicate-at-edge");
        assertThat(ids(0, 5)).isEqualTo(all.subList(0, 5));
        assertThat(ids(5, 5)).isEqualTo(all.subList(4, 9));
        server.faults().end("duplicate-at-edge");
        server.faults().order("missing-at-edge=2");

        assertThat(ids(5, 5)).isEqualTo(all.subList(5, 10));
        assertThat(ids(5, 5)).isEqualTo(all.subList(6, 11));
    }

    @ParameterizedTest
    @CsvSource({"empty-401=2, 401", "too-many-requests=2, 429", "server-error=2, 500"})
    void everySecondDataCallFails(String fault, int status) throws Exception {
        server.faults().order(fault);

        assertThat(statuses("/v7/Jobs", 4)).containsExactly(200, status, 200, status);
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeBack() throws Exception {
        server.faults().order("too-many-requests");

        assertThat(server.get("/v8/Jobs").headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void a401HasAnEmptyBody() throws Exception {
        server.faults().order("empty-401");

        assertThat(server.get("/v8/Jobs").body()).isEmpty();
    }

    @Test
    void aFaultIsOverAfterTheTimesThatWereOrderedAndIsCounted() throws Exception {
        long before = server.faults().happened("server-error");
        server.faults().order("server-error=1*2");

        assertThat(statuses("/v8/Jobs", 4)).containsExactly(500, 500, 200, 200);
        assertThat(server.faults().happened("server-error") - before).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v7", "v8"})
    void oneOrganizationIsForbidden(String version) throws Exception {
        server.faults().order("forbidden=2");
        List<Integer> statuses = new ArrayList<>();
        for (Organization organization : new World(1, 3, 10, 0.01, true).organizations()) {
            String path = version.equals("v8")
                    ? "/v8/Jobs?organizationId=" + organization.id()
                    : "/" + version + "/Organizations/" + organization.id() + "/Jobs";
            statuses.add(server.get(path).statusCode());
        }

        assertThat(statuses).containsExactly(200, 403, 200);
    }

    @Test
    void aPageForPeopleIsNoList() throws Exception {
        server.faults().order("login-page");
        HttpResponse<String> answer = server.get("/v8/Jobs");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(answer.body()).startsWith("<!DOCTYPE html>");
    }

    @Test
    void aConnectionEndsBeforeTheBodyDoes() throws Exception {
        server.faults().order("cut-body*1");

        assertThatThrownBy(() -> server.get("/v8/Jobs"))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("timed out");
        assertThat(server.get("/v8/Jobs").statusCode()).isEqualTo(200);
    }

    @Test
    void answersThatComeLateAreWholeAndDoNotWaitForEachOther() throws Exception {
        String usual = server.get("/v8/Organizations?limit=1").body();
        server.faults().order("slow-answer=500");

        long began = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> late = Stream.generate(
                        () -> server.client().getLater("/v8/Organizations?limit=1", server.token()))
                .limit(10)
                .toList();
        assertThat(late).allMatch(answer -> answer.join().body().equals(usual));
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
    }

    @Test
    void aBodyThatComesSlowlyIsWhole() throws Exception {
        String whole = server.get("/v8/Organizations?limit=1").body();
        server.faults().order("slow-body=1");

        assertThat(server.get("/v8/Organizations?limit=1").body()).isEqualTo(whole);
    }

    @Test
    void aSlowBodyCanBeSoSlowThatItsHeadIsLongThere() throws Exception {
        server.faults().order("slow-body=3600000");

        assertThat(server.client().head("/v8/Jobs", server.token()).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"PT1H30M", "-P10D"})
    void aWrongClockIsSeenInTheDateAndInEveryMoment(Duration skew) throws Exception {
        JsonNode usual = json(server.get("/v8/Organizations?extendedView=true"));
        JsonNode usualJobs = json(server.get("/v8/Jobs?limit=100"));
        server.faults().order("clock-skew=" + skew);

        HttpResponse<String> answer = server.get("/v8/Organizations?extendedView=true");
        assertThat(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                        answer.headers().firstValue("Date").orElseThrow())))
                .isEqualTo(NOW.plus(skew));
        assertThat(Instant.parse(server.client().signIn("v8").path(".issued").textValue()))
                .isEqualTo(NOW.plus(skew));
        assertThat(moments(json(answer), "lastBackuptime")).isEqualTo(shifted(usual, "lastBackuptime", skew));
        JsonNode jobs = json(server.get("/v8/Jobs?limit=100"));
        for (String moment : List.of("lastRun", "nextRun", "lastBackup")) {
            assertThat(moments(jobs, moment))
                    .isEqualTo(shifted(usualJobs, moment, skew))
                    .isNotEmpty();
        }
        assertThat(jobs.findValuesAsText("id")).isEqualTo(usualJobs.findValuesAsText("id"));
    }

    @Test
    void anotherServerTakesThePlaceAndDoesNotKnowTheTokens() throws Exception {
        JsonNode before = json(server.get("/v8/ServiceInstance"));
        List<String> jobs = ids(0, 100);
        server.faults().order("server-replaced");

        assertThat(statuses("/v8/ServiceInstance", 1)).containsExactly(401);
        String other = server.client().accessToken("v8");
        assertThat(json(server.client().get("/v8/ServiceInstance", other)).path("installationId"))
                .isNotEqualTo(before.path("installationId"));
        assertThat(json(server.client().get("/v8/Jobs?limit=100", other)).findValuesAsText("id"))
                .isNotEmpty()
                .doesNotContainAnyElementsOf(jobs);
        server.faults().end("server-replaced");
        assertThat(json(server.get("/v8/ServiceInstance"))).isEqualTo(before);
    }

    @Test
    void aServerThatHangsAnswersOthersButNotThisOne() throws Exception {
        server.faults().order("hang*1");
        CompletableFuture<HttpResponse<String>> hanging = server.client().getLater("/v8/Jobs", server.token());
        while (server.faults().happened("hang") == 0) {
            Thread.onSpinWait();
        }

        assertThat(statuses("/v8/Jobs", 2)).containsExactly(200, 200);
        assertThat(hanging).isNotDone();
        hanging.cancel(true);
    }

    @Test
    void aSimulatorCanBeFaultyFromTheStart() throws Exception {
        try (Simulator faulty =
                Simulator.start(SimulatorOptions.defaults().withFaults("server-error=2", "page-limit=1"))) {
            TrustingClient its = new TrustingClient(faulty);
            String itsToken = its.accessToken("v8");

            assertThat(json(its.get("/v8/Jobs", itsToken)).path("results")).hasSize(1);
            assertThat(its.get("/v8/Jobs", itsToken).statusCode()).isEqualTo(500);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "earthquake | There is no fault \"earthquake\": it must be one of those that simulate --help lists.",
                "''         | There is no fault \"\": it must be one of those that simulate --help lists.",
                "page-limit | The fault page-limit needs a number, as in page-limit=3.",
                "page-limit=0 | The fault page-limit wants numbers from 1 to 999999999, not \"0\".",
                "server-error=often | The fault server-error wants numbers from 1 to 999999999, not \"often\".",
                "server-error*-1 | The fault server-error wants numbers from 1 to 999999999, not \"-1\".",
                "page-limit=2*3 | The fault page-limit cannot be limited to a number of times.",
                "server-replaced=1 | The fault server-replaced takes no value.",
                "clock-skew=5m | The fault clock-skew needs a duration in ISO 8601, as in PT5M or -PT5M.",
                "clock-skew=P40000D | The fault clock-skew must be less than a hundred years.",
            })
    void anOrderThatMakesNoSenseIsRefusedInASentence(String order, String sentence) {
        assertThatThrownBy(() -> server.faults().order(order))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    private List<Integer> statuses(String path, int times) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            statuses.add(server.get(path).statusCode());
        }
        return statuses;
    }

    private static int status(String version, JsonNode signedIn) throws Exception {
        return server.client()
                .get("/" + version + "/Jobs", signedIn.path("access_token").textValue())
                .statusCode();
    }

    private List<String> ids(int offset, int limit) throws Exception {
        List<String> ids = new ArrayList<>();
        json(server.get("/v8/Jobs?offset=" + offset + "&limit=" + limit))
                .path("results")
                .forEach(job -> ids.add(job.path("id").textValue()));
        return ids;
    }

    private static List<Instant> moments(JsonNode list, String name) {
        return list.findValuesAsText(name).stream().map(Instant::parse).toList();
    }

    private static List<Instant> shifted(JsonNode list, String name, Duration skew) {
        return moments(list, name).stream().map(moment -> moment.plus(skew)).toList();
    }
}
