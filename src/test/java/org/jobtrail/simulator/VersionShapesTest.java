package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.simulator.TrustingClient.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.jobtrail.simulator.api.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each version says about the same jobs and organizations. */
class VersionShapesTest {
    private static final MovableClock CLOCK = new MovableClock(Instant.parse("2026-11-23T10:00:00Z"));

    @RegisterExtension
    static final RunningSimulator server = new RunningSimulator(
            SimulatorOptions.defaults()
                    .withOrganizations(5)
                    .withJobsPerOrganization(40)
                    .withClock(CLOCK),
            "v8");

    @ParameterizedTest
    @CsvSource({
        "v1, id name description allMailboxes lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v2, id name description backupType lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v3, id name description backupType lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v4, id name description backupType lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v5, id name description backupType lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v6, id repositoryId name description backupType lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v7, id repositoryId name description backupType lastStatus lastRun nextRun lastBackup isEnabled schedulePolicy"
                + " _links",
        "v8, id organizationId repositoryId name description backupType lastStatus lastRun nextRun lastBackup isEnabled"
                + " eTag schedulePolicy _links",
    })
    void aJobHasTheFieldsOfItsVersion(String version, String fields) throws Exception {
        assertThat(fields(jobs(version))).containsExactlyInAnyOrder(fields.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "v1, backupWindow",
        "v2, backupWindowEnabled backupWindowSettings",
        "v3, backupWindowEnabled backupWindowSettings",
        "v4, backupWindowEnabled backupWindowSettings scheduleEnabled",
        "v5, backupWindowEnabled backupWindowSettings scheduleEnabled",
        "v6, backupWindowEnabled backupWindowSettings scheduleEnabled periodicallyWindowSettings"
                + " periodicallyOffsetMinutes",
        "v7, backupWindowEnabled backupWindowSettings scheduleEnabled periodicallyWindowSettings"
                + " periodicallyOffsetMinutes periodicallyWindowEnabled",
        "v8, backupWindowEnabled backupWindowSettings scheduleEnabled periodicallyWindowSettings"
                + " periodicallyOffsetMinutes periodicallyWindowEnabled",
    })
    void aScheduleHasTheFieldsOfItsVersion(String version, String fields) throws Exception {
        List<JsonNode> schedules = new ArrayList<>();
        jobs(version).forEach(job -> schedules.add(job.path("schedulePolicy")));

        assertThat(fields(schedules))
                .contains(fields.split(" "))
                .hasSize(fields.split(" ").length
                        + List.of("type", "periodicallyEvery", "dailyType", "dailyTime")
                                .size()
                        + List.of("retryEnabled", "retryNumber", "retryWaitInterval")
                                .size());
    }

    @ParameterizedTest
    @CsvSource({
        "v1, type id region name username serverName useSSL skipCAverification skipCommonnameverification isBackedup"
                + " firstBackuptime lastBackuptime _links _actions",
        "v2, type id region name username isExchange exchangeSettings isSharepoint isBackedup firstBackuptime"
                + " lastBackuptime _links _actions",
        "v3, type id region name isExchangeOnline isSharePointOnline exchangeOnlineSettings sharePointOnlineSettings"
                + " isExchange exchangeSettings isSharepoint isBackedup firstBackuptime lastBackuptime _links _actions",
        "v5, type id region name officeName isExchangeOnline isSharePointOnline isTeamsOnline exchangeOnlineSettings"
                + " sharePointOnlineSettings isExchange exchangeSettings isSharepoint isBackedup firstBackuptime"
                + " lastBackuptime _links _actions",
        "v6, type id region name officeName isExchangeOnline isSharePointOnline isTeamsOnline isTeamsChatsOnline"
                + " exchangeOnlineSettings sharePointOnlineSettings isExchange exchangeSettings isSharepoint isBackedup"
                + " firstBackuptime lastBackuptime _links _actions",
        "v7, type id region name officeName description isExchangeOnline isSharePointOnline isTeamsOnline"
                + " isTeamsChatsOnline exchangeOnlineSettings sharePointOnlineSettings isExchange exchangeSettings"
                + " isSharepoint _links _actions",
        "v8, type id region name officeName description msid backedUpOrganizationId isExchangeOnline"
                + " isSharePointOnline isTeamsOnline isTeamsChatsOnline exchangeOnlineSettings sharePointOnlineSettings"
                + " isExchange exchangeSettings isSharepoint _links _actions",
    })
    void anOrganizationHasTheFieldsOfItsVersion(String version, String fields) throws Exception {
        assertThat(fields(list("/" + version + "/Organizations"))).containsExactlyInAnyOrder(fields.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"v6, true, true", "v6, false, false", "v7, true, true", "v7, false, false", "v8, true, true"})
    void theExtendedViewAddsWhatTheProxiesKnow(String version, boolean asked, boolean there) throws Exception {
        assertThat(list("/" + version + "/Organizations?extendedView=" + asked))
                .allSatisfy(organization -> assertThat(organization.has("isBackedup")
                                && organization.has("firstBackuptime")
                                && organization.has("lastBackuptime"))
                        .isEqualTo(there));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "v5", "v6", "v7", "v8"})
    void anOrganizationTellsMoreAboutItsAccessThanAClientShouldKeep(String version) throws Exception {
        JsonNode first = list("/" + version + "/Organizations").get(0);

        assertThat(first.at("/exchangeOnlineSettings/account").textValue()).startsWith("backup@");
        assertThat(first.at("/exchangeOnlineSettings/applicationCertificateThumbprint")
                        .textValue())
                .matches("[0-9A-F]{40}");
    }

    @ParameterizedTest
    @EnumSource(ApiVersion.class)
    void theJobsOfAllOrganizationsAreTheOnesThatEachHas(ApiVersion version) throws Exception {
        Set<String> all = ids(jobs(version.segment()));
        Set<String> each = new HashSet<>();
        for (JsonNode organization : list("/" + version.segment() + "/Organizations")) {
            String id = organization.path("id").textValue();
            each.addAll(ids(list(
                    version == ApiVersion.V8
                            ? "/v8/Jobs?limit=10000&organizationId=" + id
                            : "/" + version.segment() + "/Organizations/" + id + "/Jobs")));
        }

        assertThat(all).isEqualTo(each).hasSizeGreaterThan(190);
    }

    @ParameterizedTest
    @CsvSource({
        "v1, https://localhost:PORT/v1/Organizations/",
        "v2, https://localhost:PORT/v2/organizations/",
        "v5, https://localhost:PORT/v5/organizations/",
        "v6, /v6/Organizations/",
        "v7, /v7/Organizations/",
        "v8, /v8/Organizations/",
    })
    void theLinkToTheOrganizationIsSpelledAsInItsVersion(String version, String start) throws Exception {
        assertThat(jobs(version))
                .allSatisfy(job -> assertThat(
                                job.at("/_links/organization/href").textValue())
                        .startsWith(start.replace(
                                "PORT", String.valueOf(server.simulator().port()))));
    }

    @Test
    void olderVersionsHaveFewerWordsForTheSame() throws Exception {
        Set<String> old = new HashSet<>();
        Set<String> young = new HashSet<>();
        for (int minute = 0; minute < 15; minute++) {
            jobs("v3").forEach(job -> old.add(job.path("lastStatus").textValue()));
            jobs("v5").forEach(job -> young.add(job.path("lastStatus").textValue()));
            CLOCK.advance(Duration.ofSeconds(7));
        }

        assertThat(old)
                .doesNotContain("Queued", "Disconnected", "NotConfigured")
                .contains("Running", "Success");
        assertThat(young).contains("Queued", "Disconnected", "NotConfigured");
    }

    @Test
    void onlyVersionEightHasTwelveHours() throws Exception {
        assertThat(words("v7", "periodicallyEvery")).contains("Hours8").doesNotContain("Hours12");
        assertThat(words("v8", "periodicallyEvery")).contains("Hours12");
    }

    @Test
    void aManualScheduleIsAnotherDailyOneUpToVersionFive() throws Exception {
        assertThat(words("v5", "type")).containsExactlyInAnyOrder("Daily", "Periodically");
        assertThat(words("v6", "type")).containsExactlyInAnyOrder("Daily", "Periodically", "ManualOnly");
    }

    @Test
    void aMomentThatIsNotThereIsNullInVersionSevenAndLeftOutInVersionEight() throws Exception {
        assertThat(jobs("v7"))
                .allMatch(job -> job.has("nextRun"))
                .anyMatch(job -> job.path("nextRun").isNull());
        assertThat(jobs("v8"))
                .anyMatch(job -> !job.has("nextRun"))
                .noneMatch(job -> job.path("nextRun").isNull());
    }

    @ParameterizedTest
    @CsvSource({
        "v6, id backupJobId repositoryId name lastStatus lastRun nextRun isEnabled schedulePolicy _links",
        "v7, id backupJobId repositoryId name lastStatus lastRun nextRun lastBackup isEnabled schedulePolicy _links",
        "v8, id backupJobId organizationId repositoryId name lastStatus lastRun nextRun lastBackup isEnabled eTag"
                + " schedulePolicy _links",
    })
    void aCopyJobHasTheFieldsOfItsVersion(String version, String fields) throws Exception {
        assertThat(fields(copyJobs(version))).containsExactlyInAnyOrder(fields.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6", "v7", "v8"})
    void aBackupJobLinksToItsCopyJobAndTheCopyJobNamesIt(String version) throws Exception {
        Set<String> copied = new HashSet<>();
        for (JsonNode job : jobs(version)) {
            if (job.at("/_links/copyJob/href").isTextual()) {
                copied.add(job.path("id").textValue());
            }
        }
        Set<String> named = new HashSet<>();
        copyJobs(version).forEach(copy -> named.add(copy.path("backupJobId").textValue()));

        assertThat(named).isEqualTo(copied).hasSizeBetween(20, 120);
    }

    @Test
    void theCopyJobsOfVersionEightComeInPagesAndByOrganization() throws Exception {
        String organization = list("/v8/Organizations").get(0).path("id").textValue();
        String path = "/v8/CopyJobs?organizationId=" + organization;
        List<JsonNode> all = list(path);

        assertThat(all)
                .hasSizeGreaterThan(4)
                .allMatch(copy -> copy.path("organizationId").textValue().equals(organization));
        assertThat(list(path + "&offset=1&limit=2")).isEqualTo(all.subList(1, 3));
        JsonNode page = json(server.get(path + "&limit=2"));
        assertThat(page.path("limit").intValue()).isEqualTo(2);
        assertThat(page.at("/_links/next/href").textValue()).isEqualTo(path + "&offset=2&limit=2");
    }

    @ParameterizedTest
    @CsvSource({
        "/v5/CopyJobs",
        "/v1/CopyJobs",
        "/v5/ServiceInstance",
        "/v8/Organizations/0/Jobs",
        "/v7/Organizations/0",
        "/v6/Organizations/0/Jobs/1",
    })
    void whatAVersionDoesNotHaveIsNotFound(String path) throws Exception {
        assertThat(server.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void aLargeOrganizationIsReadInPagesOfAnySize() throws Exception {
        try (Simulator large = Simulator.start(SimulatorOptions.defaults()
                .withOrganizations(1)
                .withJobsPerOrganization(10_001)
                .withTurnover(false)
                .withClock(CLOCK))) {
            TrustingClient reader = new TrustingClient(large);
            String its = reader.accessToken("v8");
            Set<String> ids = new HashSet<>();
            int offset = 0;
            int read;
            do {
                JsonNode page = json(reader.get("/v8/Jobs?limit=3000&offset=" + offset, its));
                read = page.path("results").size();
                page.path("results").forEach(job -> ids.add(job.path("id").textValue()));
                offset += read;
            } while (read > 0);

            assertThat(ids).hasSize(offset).hasSize(10_001);
            assertThat(json(reader.get("/v7/Jobs", its))).hasSize(offset);
        }
    }

    private static List<JsonNode> jobs(String version) throws Exception {
        return list("/" + version + "/Jobs?limit=10000");
    }

    private static List<JsonNode> copyJobs(String version) throws Exception {
        return list("/" + version + "/CopyJobs?limit=10000");
    }

    private static List<JsonNode> list(String path) throws Exception {
        JsonNode answer = json(server.get(path));
        JsonNode list = path.startsWith("/v8") ? answer.path("results") : answer;
        assertThat(list.isArray()).as(path).isTrue();
        return StreamSupport.stream(list.spliterator(), false).toList();
    }

    private static Set<String> words(String version, String field) throws Exception {
        Set<String> words = new HashSet<>();
        jobs(version).forEach(job -> words.addAll(job.path("schedulePolicy").findValuesAsText(field)));
        return words;
    }

    private static Set<String> ids(Iterable<JsonNode> jobs) {
        Set<String> ids = new HashSet<>();
        jobs.forEach(job -> ids.add(job.path("id").textValue()));
        return ids;
    }

    private static Set<String> fields(Iterable<JsonNode> objects) {
        Set<String> fields = new TreeSet<>();
        objects.forEach(object -> object.fieldNames().forEachRemaining(fields::add));
        return fields;
    }
}
