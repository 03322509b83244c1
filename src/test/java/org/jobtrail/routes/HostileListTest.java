package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.HostileElement;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists with something wrong in them, through the routes and into PostgreSQL. */
@ExtendWith(RealServers.class)
class HostileListTest {
    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";
    private static final String NORTH_JOBS = "GET /v7/Organizations/" + NORTH + "/Jobs";
    private static final String ODD =
            "{\"lastStatus\": \"\\u0000\\ud800 1e400 é🚀\",\t\"name\":1e400, \"id\" : \"odd\\u0000\\ud800\"}";

    private final TestDatabase database;
    private FakeVeeam veeam;

    HostileListTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void startServer() throws IOException {
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"%s\"}]".formatted(NORTH)))
                .on("POST /v8/token", Answer.TOKEN);
    }

    @AfterEach
    void stopServer() {
        veeam.close();
    }

    @Test
    void everyElementThatIsNoJobIsKeptAsideByteForByteAndCostsNoOtherJob() throws Exception {
        List<HostileElement> hostile = HostileElement.all();
        String elements = Stream.concat(hostile.stream().map(HostileElement::text), Stream.of(job("last"), ODD))
                .collect(Collectors.joining(" ,\n"));
        veeam.on(NORTH_JOBS, Answer.json("\uFEFF[" + job("first") + "," + elements + "]"));

        poll("v7");

        assertThat(database.rows("select job_id, last_status, raw from jobtrail.job_history order by job_id"))
                .containsExactly(
                        Map.of("job_id", "first", "last_status", "Success", "raw", job("first")),
                        Map.of("job_id", "last", "last_status", "Success", "raw", job("last")),
                        Map.of("job_id", "odd\uFFFD\uFFFD", "last_status", "\uFFFD\uFFFD 1e400 é🚀", "raw", ODD));
        List<Map<String, Object>> rejected = database.rows("select raw, reason from jobtrail.rejected_job");
        assertThat(rejected)
                .extracting(row -> row.get("raw"))
                .containsExactlyInAnyOrderElementsOf(
                        hostile.stream().map(HostileElement::text).toList());
        hostile.forEach(element -> assertThat(rejected)
                .filteredOn(row -> row.get("raw").equals(element.text()))
                .extracting(row -> (String) row.get("reason"))
                .allMatch(reason -> reason.startsWith(element.reason())));
        assertThat(receipt())
                .containsEntry("outcome", "PARTIAL")
                .containsEntry("jobs", 3)
                .containsEntry("rejected", hostile.size());
        assertThat((String) receipt().get("not_complete"))
                .contains(
                        NORTH,
                        "\"PARTIAL\"",
                        "%d of %d jobs kept aside: ".formatted(hostile.size(), hostile.size() + 3));

        poll("v7");

        assertThat(database.value("select count(*) from jobtrail.job_history")).isEqualTo(3L);
    }

    @Test
    void anOrganizationThatCannotBeReadCostsOnlyItselfAndIsSaid() throws Exception {
        String organizations = HostileElement.all().stream()
                .filter(element ->
                        !element.name().contains("name of") && !element.name().contains("without end"))
                .map(HostileElement::text)
                .collect(Collectors.joining(","));
        veeam.on(
                        "GET /v7/Organizations",
                        Answer.json("[%s,{\"id\":\"%s\",\"password\":\"canary\"}]".formatted(organizations, NORTH)))
                .on(NORTH_JOBS, Answer.json("[" + job("a") + "]"));

        poll("v7");

        assertThat(database.column("select job_id from jobtrail.job_history")).containsExactly("a");
        assertThat(receipt())
                .containsEntry("outcome", "PARTIAL")
                .containsEntry("organizations", 1)
                .containsEntry("reason", "25 organizations could not be read: it is no object, and 24 more");
    }

    @Test
    void aDoubtfulListOfOrganizationsIsAskedForOnceAndIsOver() throws Exception {
        veeam.on("GET /v7/Organizations", Answer.json("[{\"id\":\"x\""));

        poll("v7");

        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .containsEntry("reason", "the answer is not whole JSON: it ends too early");
        assertThat(veeam.calls("GET /v7/Organizations")).hasSize(1);
    }

    @Test
    void theJobsOfAnotherOrganizationAreNotRecordedHoweverOftenTheyCome() throws Exception {
        String link = ",\"_links\":{\"organization\":{\"href\":\"https://h:4443/v7/organizations/" + SOUTH + "\"}}}";
        veeam.on(NORTH_JOBS, Answer.json("[" + job("a").replace("}", link) + "]"));

        poll("v7");
        poll("v7");

        assertThat(database.rows("select * from jobtrail.job_history")).isEmpty();
        assertThat(database.rows("select * from jobtrail.rejected_job")).isEmpty();
        assertThat(receipt()).containsEntry("outcome", "PARTIAL").containsEntry("jobs", 0);
        assertThat((String) receipt().get("not_complete"))
                .contains(
                        NORTH,
                        "\"SUSPECT\"",
                        "the answer holds the jobs of organization " + SOUTH + ": nothing is recorded");
    }

    @Test
    void aListThatMovesEachTimeRecordsWhatIsThereAndMissesNobody() throws Exception {
        String page = "GET /v8/Jobs?organizationId=" + NORTH + "&offset=%d&limit=10000";
        veeam.on(
                        "GET /v8/Organizations",
                        Answer.json("{\"results\":[{\"id\":\"%s\"}],\"limit\":1000}".formatted(NORTH)))
                .on(page.formatted(0), Answer.json("{\"limit\":2,\"results\":[%s,%s]}".formatted(job("a"), job("b"))))
                .on(page.formatted(1), Answer.json("{\"limit\":2,\"results\":[%s]}".formatted(job("c"))));

        poll("v8");

        assertThat(veeam.calls("GET /v8/Jobs")).hasSize(4);
        assertThat(database.column("select job_id from jobtrail.job_history order by job_id"))
                .containsExactly("a", "b", "c");
        assertThat((String) receipt().get("not_complete"))
                .contains("\"PARTIAL\"", "the list changed while it was read");
    }

    @Test
    void aJobThatStandsTwiceInTheListIsAskedForAgainAndThenLeftInDoubt() throws Exception {
        String two = "[" + job("a") + "," + job("b") + "," + job("a").replace("Success", "Failed") + "]";
        veeam.on(NORTH_JOBS, Answer.json(two));

        poll("v7");

        assertThat(veeam.calls(NORTH_JOBS)).hasSize(2);
        assertThat(database.column("select job_id from jobtrail.job_history")).containsExactly("b");
        assertThat((String) receipt().get("not_complete")).contains("job a stands in the list twice and differs");

        veeam.on(NORTH_JOBS, Answer.json(two), Answer.json("[" + job("a") + "," + job("b") + "]"));

        poll("v7");

        assertThat(database.column("select job_id from jobtrail.job_history order by seq"))
                .containsExactly("b", "a");
        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    private static String job(String id) {
        return "{\"id\":\"%s\",\"lastStatus\":\"Success\"}".formatted(id);
    }

    private void poll(String apiVersion) throws Exception {
        TestPipeline.pollOnce(database, veeam, apiVersion);
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
