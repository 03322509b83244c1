package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.simulator.TrustingClient.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionEightTest {

    @RegisterExtension
    static final RunningSimulator server = new RunningSimulator(
            SimulatorOptions.defaults()
                    .withJobsPerOrganization(20)
                    .withClock(new MovableClock(Instant.parse("2026-11-23T10:00:00Z"))),
            "v8");

    @Test
    void theServiceInstanceTellsTheInstallationAndTheProductVersion() throws Exception {
        JsonNode instance = json(server.get("/v8/ServiceInstance"));

        assertThat(UUID.fromString(instance.path("installationId").textValue())).isNotNull();
        assertThat(instance.path("version").textValue()).startsWith("8.");
    }

    @Test
    void theOrganizationsComeInAPage() throws Exception {
        JsonNode page = get("/v8/Organizations?offset=1&limit=1");

        assertThat(page.path("offset").intValue()).isEqualTo(1);
        assertThat(page.path("limit").intValue()).isEqualTo(1);
        assertThat(page.path("results")).hasSize(1);
        assertThat(page.at("/_links/first/href").textValue()).isEqualTo("/v8/Organizations?offset=0&limit=1");
        assertThat(page.at("/_links/prev/href").textValue()).isEqualTo("/v8/Organizations?offset=0&limit=1");
        assertThat(page.at("/_links/self/href").textValue()).isEqualTo("/v8/Organizations?offset=1&limit=1");
        assertThat(page.at("/_links/next/href").textValue()).isEqualTo("/v8/Organizations?offset=2&limit=1");
    }

    @Test
    void aPageHasThirtyJobsUnlessTheClientAsksForMore() throws Exception {
        JsonNode page = get("/v8/Jobs");

        assertThat(page.path("limit").intValue()).isEqualTo(30);
        assertThat(page.path("results")).hasSize(30);
        assertThat(get("/v8/Jobs?limit=10000").path("results").size()).isGreaterThan(30);
    }

    @Test
    void theLastPageHasNoNextLink() throws Exception {
        assertThat(get("/v8/Jobs?limit=10000").path("_links").fieldNames())
                .toIterable()
                .containsExactly("self");
        assertThat(get("/v8/Jobs?offset=500").path("results")).isEmpty();
    }

    @Test
    void followingTheNextLinksLeadsToEveryJobOnce() throws Exception {
        Set<String> ids = new LinkedHashSet<>();
        String path = "/v8/Jobs?organizationId=" + organizationId() + "&limit=7";
        int results = 0;
        while (path != null) {
            JsonNode page = get(path);
            page.path("results").forEach(job -> ids.add(job.path("id").textValue()));
            results += page.path("results").size();
            path = page.at("/_links/next/href").textValue();
        }

        assertThat(results).isEqualTo(ids.size()).isBetween(19, 20);
    }

    @Test
    void aFilterShowsTheJobsOfOneOrganization() throws Exception {
        String organization = organizationId();

        assertThat(get("/v8/Jobs?organizationId=" + organization).path("results"))
                .isNotEmpty()
                .allMatch(job -> job.path("organizationId").textValue().equals(organization));
        assertThat(get("/v8/Jobs?organizationId=" + UUID.randomUUID()).path("results"))
                .isEmpty();
    }

    @Test
    void aJobHasRealBooleansItsOrganizationAndRelativeLinks() throws Exception {
        assertThat(get("/v8/Jobs").path("results")).isNotEmpty().allSatisfy(job -> {
            assertThat(job.path("isEnabled").isBoolean()).isTrue();
            assertThat(job.path("backupType").textValue()).isIn("EntireOrganization", "SelectedItems");
            assertThat(job.path("repositoryId").isTextual()).isTrue();
            assertThat(job.path("eTag").isIntegralNumber()).isTrue();
            assertThat(job.at("/_links/self/href").textValue())
                    .isEqualTo("/v8/Jobs/" + job.path("id").textValue());
            JsonNode schedule = job.path("schedulePolicy");
            assertThat(schedule.path("scheduleEnabled").isBoolean()).isTrue();
            assertThat(schedule.path("retryEnabled").isBoolean()).isTrue();
            assertThat(schedule.path("backupWindowEnabled").isBoolean()).isTrue();
            assertThat(schedule.at("/backupWindowSettings/backupWindow")).hasSize(168);
            assertThat(schedule.has("backupWindow")).isFalse();
        });
    }

    @Test
    void theJobsAreTheOnesThatVersionOneShows() throws Exception {
        String organization = organizationId();

        assertThat(get("/v8/Jobs?organizationId=" + organization).findValuesAsText("lastRun"))
                .isEqualTo(get("/v1/Organizations/" + organization + "/Jobs").findValuesAsText("lastRun"))
                .isNotEmpty();
    }

    @Test
    void thePathOfAnOrganizationsJobsIsGone() throws Exception {
        HttpResponse<String> answer = server.get("/v8/Organizations/" + organizationId() + "/Jobs");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).path("errorCode").textValue()).isEqualTo("ResourceNotFound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=10001", "limit=many", "offset=-1"})
    void aPageThatCannotBeIsAnsweredWith400(String query) throws Exception {
        HttpResponse<String> answer = server.get("/v8/Jobs?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("errorCode").textValue()).isEqualTo("ParameterValidationFailure");
    }

    private JsonNode get(String path) throws Exception {
        return json(server.get(path));
    }

    private String organizationId() throws Exception {
        return get("/v8/Organizations").at("/results/0/id").textValue();
    }
}
