package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.poll.Summary;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who did not change is known from one list of all jobs; whatever else that list says or does not say, everybody is asked. */
@ExtendWith(RealServers.class)
class FetchAllJobsTest {

    private static final int MANY = 100;

    /** What can become of the list of all jobs. */
    enum Trouble {
        MISSING(Answer.status(404)),
        REFUSED(Answer.status(401)),
        FORBIDDEN(Answer.status(403)),
        BROKEN(Answer.json("[{\"id\":\"a\",")),
        A_LOGIN_PAGE(Answer.html("<html>log in</html>")),
        HUNG_UP(Answer.HANG_UP),
        EMPTY(Answer.json("[]")),
        OF_NOBODY(Answer.json("[{\"id\":\"tenant-007-job\",\"lastStatus\":\"Success\"}]"));

        private final Answer answer;

        Trouble(Answer answer) {
            this.answer = answer;
        }
    }

    private final PostgresServer server;
    private final Semaphore turns = new Semaphore(0);
    private final Map<String, String> statuses = new TreeMap<>();
    private TestDatabase database;
    private FakeVeeam veeam;
    private int seen;

    FetchAllJobsTest(PostgresServer server) {
        this.server = server;
    }

    @BeforeEach
    void start() throws Exception {
        database = server.migratedDatabase();
        IntStream.range(0, MANY).forEach(i -> statuses.put("tenant-%03d".formatted(i), "Success"));
        veeam = FakeVeeam.start().refuse(call -> {
            if (call.target().contains("/Organizations?extendedView")) {
                turns.acquireUninterruptibly();
            }
            return false;
        });
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6", "v7", "v8"})
    void organizationsOfWhichNothingChangedAreNotAskedOneByOne(String version) throws Exception {
        serve(version);
        try (var polls = new Polls(version)) {
            polls.next();
            assertThat(askedOneByOne(version)).hasSize(MANY);
            polls.next();
            assertThat(askedOneByOne(version)).isEmpty();
            polls.next();
            assertThat(askedOneByOne(version)).isEmpty();
        }

        assertThat(database.rows("""
                select distinct outcome, organizations, jobs, encode(lists_digest, 'hex') as lists, not_complete::text
                from jobtrail.poll_receipt where attempt <= 3""")).hasSize(1);
        assertThat(database.value("select count(*) from jobtrail.job_history")).isEqualTo((long) MANY);
    }

    @Test
    void whoseJobsChangedIsAskedAndNobodyElse() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            askedOneByOne("v7");
            statuses.put("tenant-042", "Failed");
            serve("v7");
            Summary summary = polls.next();

            assertThat(summary.text()).contains("1 change (1 status-changed)");
            assertThat(askedOneByOne("v7")).containsExactly("tenant-042");
            polls.next();
            assertThat(askedOneByOne("v7")).isEmpty();
        }

        assertThat(lastRows()).containsExactly("tenant-042 status-changed Failed");
    }

    @Test
    void aJobThatTheListOfAllLacksIsNotAbsentAsLongAsItsOrganizationListsIt() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            askedOneByOne("v7");
            veeam.on("GET /v7/Jobs", answer("v7", without("tenant-042")));
            polls.next();
            assertThat(askedOneByOne("v7")).containsExactly("tenant-042");
            // It was asked, and said otherwise: the list of all jobs is not to be believed.
            polls.next();
            assertThat(askedOneByOne("v7")).hasSize(MANY);
            int calls = veeam.calls("GET /v7/Jobs").size();
            for (int poll = 1; poll <= 5; poll++) {
                polls.next();
            }
            assertThat(askedOneByOne("v7")).hasSize(5 * MANY);
            assertThat(veeam.calls("GET /v7/Jobs")).hasSize(calls);
        }

        assertThat(database.value("select count(*) from jobtrail.job_history")).isEqualTo((long) MANY);
        assertThat(database.column("select absent_polls from jobtrail.job_state where organization_id = 'tenant-042'"))
                .containsExactly(0);
    }

    @Test
    void whoseLastRecordTheDatabaseHasLostIsAskedAgain() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            database.execute("create table earlier as select * from jobtrail.job_list");
            statuses.put("tenant-042", "Failed");
            serve("v7");
            polls.next();
            askedOneByOne("v7");
            // As after a failover to a standby that has the claim and not what was recorded under it.
            database.execute("update jobtrail.job_list list set content_digest = earlier.content_digest from earlier"
                    + " where list.organization_id = earlier.organization_id and list.job_type = earlier.job_type");
            polls.next();

            assertThat(askedOneByOne("v7")).containsExactly("tenant-042");
        }
    }

    @Test
    void whoseHistoryWasSetBackIsAskedAndToldWhyNothingIsRecorded() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            database.rows(
                    "select * from jobtrail.reconcile_publication(?::json, ?::json)",
                    "[{\"organization_id\":\"tenant-042\",\"seq\":4,\"hash\":\"%s\"}]".formatted("0".repeat(64)),
                    "{\"cluster_id\":\"a\",\"topic_id\":\"b\",\"cursor_topic_id\":\"c\",\"state_topic_id\":\"d\",\"partitions\":3,\"state_partitions\":3}");
            polls.next();
        }

        assertThat((String) database.value("select not_complete::text from jobtrail.poll_receipt where attempt = 2"))
                .contains("tenant-042", "FAILED", "nothing is recorded: PostgreSQL was set back");
    }

    @Test
    void allJobsOfVersionEightComePageByPage() throws Exception {
        serve("v8");
        List<String> jobs = jobs("v8");
        veeam.on("GET /v8/Jobs?offset=0&limit=10000", page(jobs.subList(0, 60)));
        veeam.on("GET /v8/Jobs?offset=59&limit=10000", page(jobs.subList(59, MANY)));
        try (var polls = new Polls("v8")) {
            polls.next();
            askedOneByOne("v8");
            polls.next();

            assertThat(askedOneByOne("v8")).isEmpty();
            assertThat(veeam.calls("GET /v8/Jobs?offset=59&limit=10000")).hasSize(1);
        }
    }

    @Test
    void whereAJobDoesNotSayWhoseItIsEverybodyIsAsked() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            veeam.on("GET /v7/Jobs", Answer.json("[%s,{\"id\":\"new\"}]".formatted(String.join(",", jobs("v7")))));
            polls.next();

            assertThat(askedOneByOne("v7")).hasSize(2 * MANY);
        }
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void whateverIsWrongWithTheListOfAllJobsCostsNothingButItself(Trouble trouble) throws Exception {
        serve("v7");
        veeam.on("GET /v7/Jobs", trouble.answer);
        try (var polls = new Polls("v7")) {
            polls.next();
            statuses.put("tenant-007", "Warning");
            serve("v7");
            veeam.on("GET /v7/Jobs", trouble.answer);
            polls.next();
            int calls = veeam.calls("GET /v7/Jobs").size();
            assertThat(calls).isPositive();
            // It is not asked for each time that it was of no use.
            polls.next();
            assertThat(veeam.calls("GET /v7/Jobs")).hasSize(calls);
            assertThat(askedOneByOne("v7")).hasSize(3 * MANY);
        }

        assertThat(lastRows()).containsExactly("tenant-007 status-changed Warning");
        assertThat(database.column("select outcome from jobtrail.poll_receipt where attempt <= 3"))
                .containsOnly("COMPLETE");
    }

    @Test
    void whomSomebodyElseHasClaimedIsAskedAgain() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            askedOneByOne("v7");
            // As another instance does that reads it now and records it later.
            database.query(
                    "claim_poll",
                    Map.of(
                            "source", "veeam",
                            "organization_id", "tenant-042",
                            "organization_name", "tenant-042.example.com",
                            "job_type", "backup",
                            "patience", "2 minutes"));
            polls.next();

            assertThat(askedOneByOne("v7")).containsExactly("tenant-042");
        }
    }

    @Test
    void whoHasAnotherNameIsAskedSoThatItIsKept() throws Exception {
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            askedOneByOne("v7");
            veeam.on(
                    "GET /v7/Organizations",
                    Answer.json(organizations().toString().replace("tenant-042.", "renamed.")));
            polls.next();

            assertThat(askedOneByOne("v7")).containsExactly("tenant-042");
        }

        assertThat(
                        database.value(
                                "select organization_name from jobtrail.organization_head where organization_id = 'tenant-042'"))
                .isEqualTo("renamed.example.com");
    }

    @Test
    void whoHasNoCopyJobIsNotClaimedForThemUntilThereIsOne() throws Exception {
        String claims = "select count(*) from jobtrail.organization_head where claimed_poll > 2";
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            polls.next();
            assertThat(database.value(claims)).isEqualTo(0L);
            veeam.on(
                    "GET /v7/CopyJobs",
                    Answer.json(List.of(copyJob("a"), copyJob("b")).toString()));
            polls.next();
            assertThat(database.value(claims)).isEqualTo(1L);
            veeam.on("GET /v7/CopyJobs", Answer.json(List.of(copyJob("a")).toString()));
            for (int poll = 1; poll <= 4; poll++) {
                polls.next();
            }
            assertThat(database.value(claims)).isEqualTo(1L);
            // A claim for copy jobs takes nothing from what is known of the others.
            assertThat(askedOneByOne("v7")).hasSize(MANY);
        }

        assertThat(database.column("""
                select job_id || ' of ' || organization_id || ' ' || change_kind
                    || case when payload::json ->> 'initial' = 'true' then ', initial' else '' end
                from jobtrail.job_history where job_type = 'copy' order by seq"""))
                .containsExactly("a of tenant-042 created", "b of tenant-042 created", "b of tenant-042 missing");
    }

    @Test
    void aListOfAllJobsThatIsMostlyOfOrganizationsThatNobodyWantsIsNotReadEachTime() throws Exception {
        serve("v7");
        List<String> others = IntStream.range(0, 2 * MANY)
                .mapToObj(i ->
                        "{\"id\":\"other-%d\",\"_links\":{\"organization\":{\"href\":\"/v7/organizations/other\"}}}"
                                .formatted(i))
                .toList();
        List<String> all = Stream.concat(jobs("v7").stream(), others.stream()).toList();
        veeam.on("GET /v7/Jobs", answer("v7", all));
        try (var polls = new Polls("v7")) {
            polls.next();
            askedOneByOne("v7");
            polls.next();
            assertThat(askedOneByOne("v7")).isEmpty();
            polls.next();
            assertThat(askedOneByOne("v7")).hasSize(MANY);
            assertThat(veeam.calls("GET /v7/Jobs")).hasSize(1);
        }
    }

    @Test
    void fewOrganizationsAreEachAsked() throws Exception {
        statuses.remove("tenant-000");
        serve("v7");
        try (var polls = new Polls("v7")) {
            polls.next();
            polls.next();

            assertThat(veeam.calls("GET /v7/Jobs")).isEmpty();
            assertThat(askedOneByOne("v7")).hasSize(2 * (MANY - 1));
        }
    }

    /** One poll after the other, each when it is its turn. */
    private final class Polls implements AutoCloseable {

        private final TestPipeline pipeline;

        Polls(String version) {
            pipeline = TestPipeline.pollWithoutPause(database, TestPipeline.source("veeam", veeam.url(), version));
        }

        Summary next() throws InterruptedException {
            turns.release();
            return pipeline.nextSummary();
        }

        @Override
        public void close() {
            turns.release();
            pipeline.close();
        }
    }

    private void serve(String version) {
        veeam.on("POST /" + version + "/token", Answer.TOKEN);
        veeam.on("GET /" + version + "/Organizations", answer(version, organizations()));
        if (version.equals("v8")) {
            statuses.keySet()
                    .forEach(tenant -> veeam.on(
                            "GET /v8/Jobs?organizationId=" + tenant + "&offset=0&limit=10000",
                            answer(version, List.of(job(version, tenant)))));
            veeam.on("GET /v8/Jobs?offset=0&limit=10000", answer(version, jobs(version)));
        } else {
            statuses.keySet()
                    .forEach(tenant -> veeam.on(
                            "GET /" + version + "/Organizations/" + tenant + "/Jobs",
                            answer(version, List.of(job(version, tenant)))));
            veeam.on("GET /" + version + "/Jobs", answer(version, jobs(version)));
        }
    }

    private List<String> organizations() {
        return statuses.keySet().stream()
                .map(tenant -> "{\"id\":\"%s\",\"name\":\"%s.example.com\"}".formatted(tenant, tenant))
                .toList();
    }

    private List<String> jobs(String version) {
        return statuses.keySet().stream().map(tenant -> job(version, tenant)).toList();
    }

    private String job(String version, String tenant) {
        String owner = version.equals("v8")
                ? "\"organizationId\":\"%s\"".formatted(tenant)
                : "\"_links\":{\"organization\":{\"href\":\"/%s/organizations/%s\"}}".formatted(version, tenant);
        return "{\"id\":\"%s-job\",\"lastStatus\":\"%s\",%s}".formatted(tenant, statuses.get(tenant), owner);
    }

    private static String copyJob(String id) {
        return "{\"id\":\"%s\",\"lastStatus\":\"Success\",\"backupJobId\":\"tenant-042-job\"}".formatted(id);
    }

    private static Answer answer(String version, List<String> elements) {
        return Answer.json(
                version.equals("v8")
                        ? "{\"offset\":0,\"limit\":10000,\"results\":%s}".formatted(elements)
                        : elements.toString());
    }

    /** A page that the server has cut shorter than was asked for. */
    private static Answer page(List<String> jobs) {
        return Answer.json("{\"limit\":60,\"results\":%s}".formatted(jobs));
    }

    private List<String> without(String tenant) {
        return jobs("v7").stream().filter(job -> !job.contains(tenant)).toList();
    }

    /** Whose own lists were asked for, one by one, since this was looked at last. */
    private List<String> askedOneByOne(String version) {
        Pattern own = Pattern.compile(
                version.equals("v8")
                        ? "GET /v8/Jobs\\?organizationId=([^&]*)&.*"
                        : "GET /" + version + "/Organizations/([^/]*)/Jobs");
        List<FakeVeeam.Call> calls = veeam.calls();
        List<FakeVeeam.Call> since = calls.subList(seen, calls.size());
        seen = calls.size();
        return since.stream()
                .map(call -> own.matcher(call.target()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private List<Object> lastRows() throws Exception {
        return database.column("select organization_id || ' ' || change_kind || ' ' || last_status"
                + " from jobtrail.job_history where change_kind <> 'created' order by recorded_at");
    }
}
