package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.poll.Summary;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same two organizations, three jobs and a copy job, as each version of the API shows them: what is recorded is the same.
 * The answers stand in {@code src/test/resources/veeam/every-version}. Each test is a cell of the README's table.
 */
@ExtendWith(RealServers.class)
public class EveryVersionTest {

    /** What is tested of each version: the columns of the README's table. */
    public static final List<String> CELLS = List.of("login", "organizations", "jobs", "copy jobs");

    public static final List<String> VERSIONS =
            IntStream.rangeClosed(1, 8).mapToObj(version -> "v" + version).toList();

    private static final String EAST = "0a4c2f6e-58d1-4b7a-9c3e-7d1f5a6b8e01";
    private static final String WEST = "5b9d1e73-2c48-4f06-8a1d-3e6c9f7b2a02";
    private static final String MAILBOXES = "c1e5a9d3-7b2f-4680-9e4c-1a8d3f5b7c11";
    private static final String REPOSITORY = "16a7e3b8-d05c-4f29-b8e4-9c2d7f1a6b20";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PostgresServer server;

    EveryVersionTest(PostgresServer server) {
        this.server = server;
    }

    /** A server that speaks one version, and what polling it left behind. */
    private record Polled(int version, FakeVeeam veeam, TestDatabase database, Summary summary) {

        List<Map<String, Object>> history() throws Exception {
            return database.rows("select * from jobtrail.job_history order by job_type, job_name");
        }

        JsonNode after(String job) throws Exception {
            return JSON.readTree(
                            (String) database.value("select payload from jobtrail.job_history where job_name = ?", job))
                    .get("after");
        }
    }

    @TestFactory
    Stream<DynamicContainer> isReadCompletely() {
        return IntStream.rangeClosed(1, 8)
                .mapToObj(version ->
                        dynamicContainer("v" + version, Stream.of(version).flatMap(this::cells)));
    }

    private Stream<DynamicTest> cells(int version) {
        Polled polled = poll(version);
        List<Cell> cells = List.of(
                EveryVersionTest::login,
                EveryVersionTest::organizations,
                EveryVersionTest::jobs,
                EveryVersionTest::copyJobs);
        return IntStream.range(0, cells.size())
                .mapToObj(i -> dynamicTest(
                        "v" + version + " " + CELLS.get(i), () -> cells.get(i).hold(polled)))
                .onClose(() -> polled.veeam().close());
    }

    private interface Cell {
        void hold(Polled polled) throws Exception;
    }

    private Polled poll(int version) {
        try {
            FakeVeeam veeam = speaking(version);
            TestDatabase database = server.migratedDatabase();
            return new Polled(version, veeam, database, TestPipeline.pollOnce(database, veeam, "auto"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static FakeVeeam speaking(int version) throws IOException {
        String api = "/v" + version;
        String files = "every-version/v" + version + "-";
        FakeVeeam veeam = FakeVeeam.start()
                .on("POST " + api + "/token", Answer.TOKEN)
                .on("GET " + api + "/Organizations", Answer.file(files + "organizations.json"));
        if (version >= 6) {
            veeam.on(
                            "GET " + api + "/ServiceInstance",
                            Answer.status(401),
                            Answer.json("{\"installationId\":\"49DA16EB-038f-425c-8b17-cf5a024d9e23\","
                                    + "\"version\":\"%d.0.0.1\"}".formatted(version)))
                    .on("GET " + api + "/CopyJobs", Answer.file(files + "copy-jobs.json"));
        }
        return version == 8
                ? veeam.on(
                                "GET /v8/Jobs?organizationId=" + EAST + "&offset=0&limit=10000",
                                Answer.file(files + "jobs-east.json"))
                        .on(
                                "GET /v8/Jobs?organizationId=" + WEST + "&offset=0&limit=10000",
                                Answer.file(files + "jobs-west.json"))
                : veeam.on("GET " + api + "/Organizations/" + EAST + "/Jobs", Answer.file(files + "jobs-east.json"))
                        .on("GET " + api + "/Organizations/" + WEST + "/Jobs", Answer.file(files + "jobs-west.json"));
    }

    private static void login(Polled polled) throws Exception {
        String form = polled.veeam()
                .calls("POST /v%d/token".formatted(polled.version()))
                .get(0)
                .body();
        assertThat(form).startsWith("grant_type=password&username=reader&password=secret");
        assertThat(form.contains("disable_antiforgery_token=true")).isEqualTo(polled.version() >= 7);

        Map<String, Object> receipt =
                polled.database().rows("select * from jobtrail.poll_receipt").get(0);
        assertThat(receipt)
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("api_version", "v" + polled.version())
                .containsEntry("installation_id", polled.version() >= 6 ? "49da16eb-038f-425c-8b17-cf5a024d9e23" : null)
                .containsEntry("product_version", polled.version() >= 6 ? polled.version() + ".0.0.1" : null);
    }

    private static void organizations(Polled polled) throws Exception {
        assertThat(polled.database()
                        .rows("select organization_id, organization_name from jobtrail.organization_head order by 2"))
                .containsExactly(
                        Map.of("organization_id", EAST, "organization_name", "east.onmicrosoft.com"),
                        Map.of("organization_id", WEST, "organization_name", "west.onmicrosoft.com"));
        assertThat(polled.veeam().calls("GET /v%d/Organizations".formatted(polled.version())))
                .singleElement()
                .satisfies(call ->
                        assertThat(call.target().contains("extendedView=false")).isEqualTo(polled.version() >= 6));
    }

    private static void jobs(Polled polled) throws Exception {
        List<Map<String, Object>> jobs = polled.history().stream()
                .filter(row -> row.get("job_type").equals("backup"))
                .toList();
        assertThat(jobs)
                .extracting(
                        row -> row.get("organization_id"),
                        row -> row.get("job_name"),
                        row -> row.get("change_kind"),
                        row -> row.get("enabled"),
                        row -> row.get("last_status").toString().toLowerCase())
                .containsExactly(
                        tuple(
                                EAST,
                                "Gr\u00f6\u00dfere Postf\u00e4cher",
                                "created",
                                false,
                                polled.version() < 5 ? "stopped" : "notconfigured"),
                        tuple(EAST, "Mailboxes", "created", true, "success"),
                        tuple(WEST, "Sites", "created", true, "failed"));

        JsonNode mailboxes = polled.after("Mailboxes");
        assertThat(mailboxes.get("lastRun").textValue()).isEqualTo("2019-04-01T09:35:59.046916Z");
        assertThat(mailboxes.get("nextRun").textValue()).isEqualTo("2019-04-04T22:00:00.000000Z");
        assertThat(mailboxes.get("organizationId").textValue()).isEqualTo(EAST);
        assertThat(mailboxes.get("repositoryId").textValue()).isEqualTo(REPOSITORY);
        assertThat(mailboxes.get("isEnabled").booleanValue()).isTrue();
        assertThat(
                        polled.version() == 1
                                ? mailboxes.get("allMailboxes").asText()
                                : mailboxes.get("backupType").asText())
                .isEqualTo(polled.version() == 1 ? "true" : "EntireOrganization");
        assertThat(mailboxes.at("/schedulePolicy/retryEnabled").booleanValue()).isTrue();
        assertThat(mailboxes.at("/schedulePolicy/backupWindow").textValue())
                .isEqualTo("1".repeat(32) + "0".repeat(10) + "1".repeat(126));
        assertThat(polled.after("Gr\u00f6\u00dfere Postf\u00e4cher").has("lastRun"))
                .isFalse();
    }

    private static void copyJobs(Polled polled) throws Exception {
        List<Map<String, Object>> copies = polled.history().stream()
                .filter(row -> row.get("job_type").equals("copy"))
                .toList();
        if (polled.version() < 6) {
            assertThat(copies).isEmpty();
            assertThat(polled.veeam().calls("GET /v%d/CopyJobs".formatted(polled.version())))
                    .isEmpty();
            return;
        }
        assertThat(copies)
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("organization_id", EAST)
                        .containsEntry("job_name", "Mailboxes - copy")
                        .containsEntry("last_status", "Warning")
                        .containsEntry("enabled", true));
        JsonNode copy = polled.after("Mailboxes - copy");
        assertThat(copy.get("backupJobId").textValue()).isEqualTo(MAILBOXES);
        assertThat(copy.get("organizationId").textValue()).isEqualTo(EAST);
        assertThat(copy.at("/schedulePolicy/type").textValue()).isEqualTo("Periodically");
        assertThat(copy.at("/schedulePolicy/backupCopyWindow").textValue())
                .isEqualTo("1".repeat(32) + "0".repeat(10) + "1".repeat(126));
        assertThat(polled.veeam().calls("GET /v%d/CopyJobs".formatted(polled.version())))
                .hasSize(1);
    }
}
