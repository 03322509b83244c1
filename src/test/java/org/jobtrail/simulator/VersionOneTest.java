package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.simulator.TrustingClient.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VersionOneTest {
    private static final MovableClock CLOCK = new MovableClock(Instant.parse("2026-11-23T10:00:00Z"));

    @RegisterExtension
    static final RunningSimulator server =
            new RunningSimulator(SimulatorOptions.defaults().withClock(CLOCK), "v1");

    @Test
    void theOrganizationsAreABareArrayWithAbsoluteLinks() throws Exception {
        JsonNode organizations = json(server.get("/v1/Organizations"));

        assertThat(organizations.isArray()).isTrue();
        assertThat(organizations).hasSize(3);
        JsonNode first = organizations.get(0);
        assertThat(first.path("type").textValue()).isEqualTo("Office365");
        assertThat(first.path("isBackedup").textValue()).isEqualTo("true");
        assertThat(first.at("/_links/jobs/href").textValue())
                .isEqualTo(server.simulator().url() + "/v1/Organizations/"
                        + first.path("id").textValue() + "/Jobs");
    }

    @Test
    void theJobsOfAnOrganizationAreABareArray() throws Exception {
        JsonNode jobs = jobs();

        assertThat(jobs.isArray()).isTrue();
        assertThat(jobs.size()).isBetween(11, 12);
    }

    @Test
    void aJobHasTheMembersOfTheDocumentationAndItsBooleansAreStrings() throws Exception {
        assertThat(jobs()).allSatisfy(job -> {
            assertThat(job.fieldNames())
                    .toIterable()
                    .contains("id", "name", "description", "allMailboxes", "lastStatus", "isEnabled", "schedulePolicy")
                    .doesNotContain("organizationId", "backupType", "eTag");
            assertThat(job.path("allMailboxes").textValue()).isIn("true", "false");
            assertThat(job.path("isEnabled").textValue()).isIn("true", "false");
            assertThat(job.path("lastStatus").textValue()).isIn("Stopped", "Running", "Success", "Warning", "Failed");
        });
    }

    @Test
    void theScheduleHasAWindowOf168Hours() throws Exception {
        assertThat(jobs()).allSatisfy(job -> {
            JsonNode schedule = job.path("schedulePolicy");
            assertThat(schedule.path("type").textValue()).isIn("Periodically", "Daily");
            assertThat(schedule.path("periodicallyEvery").textValue()).matches("(Minutes|Hours)\\d+");
            assertThat(schedule.path("dailyType").isTextual()).isTrue();
            assertThat(schedule.path("dailyTime").textValue()).matches("\\d\\d:\\d\\d:00");
            assertThat(schedule.at("/backupWindow/backupIntervalsArray"))
                    .hasSize(168)
                    .allMatch(JsonNode::isBoolean);
            assertThat(schedule.at("/backupWindow/minuteOffset").intValue()).isZero();
            assertThat(schedule.path("retryEnabled").textValue()).isIn("true", "false");
            assertThat(schedule.has("retryNumber"))
                    .isEqualTo(schedule.path("retryEnabled").textValue().equals("true"));
        });
    }

    @Test
    void theLinksOfAJobNameItsOrganizationAndTheServerAsTheClientCallsIt() throws Exception {
        String organization = organizationId();
        assertThat(jobs()).allSatisfy(job -> {
            assertThat(job.path("_links").fieldNames())
                    .toIterable()
                    .containsExactly("self", "organization", "repository", "proxy", "selectedMailboxes", "jobsessions");
            assertThat(job.at("/_links/organization/href").textValue())
                    .isEqualTo(server.simulator().url() + "/v1/Organizations/" + organization);
            assertThat(job.at("/_links/self/href").textValue())
                    .isEqualTo(server.simulator().url() + "/v1/Jobs/"
                            + job.path("id").textValue());
        });
    }

    @Test
    void timesAreUtcWithUpToSevenDigits() throws Exception {
        List<String> times = new ArrayList<>();
        jobs().forEach(job -> times.addAll(job.findValuesAsText("lastRun")));

        assertThat(times).isNotEmpty().allMatch(time -> time.matches("[-0-9]{10}T[:0-9]{8}(\\.\\d{0,6}[1-9])?Z"));
        assertThat(times).anyMatch(time -> time.matches(".*\\.\\d{7}Z"));
    }

    @Test
    void timePassingChangesTheJobs() throws Exception {
        String before = jobs().toString();
        CLOCK.advance(Duration.ofSeconds(30));

        assertThat(jobs().toString()).isNotEqualTo(before);
    }

    @Test
    void pathsDoNotTellCasesApart() throws Exception {
        String path = "/V1/organizations/" + organizationId().toUpperCase(Locale.ROOT) + "/JOBS";

        assertThat(server.get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void anUnknownOrganizationIsAnsweredWith404AndAMessage() throws Exception {
        HttpResponse<String> answer = server.get("/v1/Organizations/" + UUID.randomUUID() + "/Jobs");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).path("message").textValue()).isNotBlank();
        assertThat(json(answer).has("errorCode")).isFalse();
    }

    private JsonNode jobs() throws Exception {
        return json(server.get("/v1/Organizations/" + organizationId() + "/Jobs"));
    }

    private String organizationId() throws Exception {
        return json(server.get("/v1/Organizations")).at("/0/id").textValue();
    }
}
