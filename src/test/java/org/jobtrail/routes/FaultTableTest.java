package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.Logged;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What several polls in a row leave in the history while something is wrong with the server, and after it. North's answers are
 * a script with one answer for each poll, of which the last stays; south's one job is always there.
 */
@ExtendWith(RealServers.class)
class FaultTableTest {

    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";
    private static final String OTHER = "c0ffee11-0000-4e69-9b7e-1c5d2a6f7e03";
    private static final String ORGANIZATIONS = "GET /v7/Organizations";
    private static final String NORTH_JOBS = "GET /v7/Organizations/" + NORTH + "/Jobs";
    private static final String SOUTH_JOBS = "GET /v7/Organizations/" + SOUTH + "/Jobs";
    private static final String PAGE = "GET /v8/Jobs?organizationId=" + NORTH + "&offset=%d&limit=10000";

    private final TestDatabase database;
    private final FakeVeeam veeam;

    FaultTableTest(PostgresServer server) throws SQLException, IOException {
        database = server.migratedDatabase();
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on(ORGANIZATIONS, Answer.file("v7-organizations.json"))
                .on(NORTH_JOBS, list(job("a"), job("b")))
                .on(SOUTH_JOBS, list(job("south")))
                .on("POST /v8/token", Answer.TOKEN)
                .on("GET /v8/Organizations", Answer.json("{\"limit\":10000,\"results\":[{\"id\":\"" + NORTH + "\"}]}"));
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    static Stream<Arguments> unreachable() throws IOException {
        int closed;
        try (var port = new ServerSocket(0)) {
            closed = port.getLocalPort();
        }
        return Stream.of(
                arguments("nobody listens", "http://127.0.0.1:" + closed, "no connection: "),
                arguments("no such host", "https://vb365.invalid:4443", "host vb365.invalid is not known"),
                arguments("reset in the middle of a body", null, "the connection broke: Connection reset"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreachable")
    void aSourceThatCannotBeReachedLeavesAReceiptAndIsReadWhenItIsBack(String name, String url, String reason)
            throws Exception {
        try (ServerSocket resetting = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            new Thread(() -> reset(resetting)).start();
            URI address = URI.create(url == null ? "http://127.0.0.1:" + resetting.getLocalPort() : url);
            TestPipeline.pollOnce(database, TestPipeline.source("veeam", address, "v7"));
        }

        assertThat(receipts(1).get(0).get("outcome")).isEqualTo("FAILED");
        assertThat((String) receipts(1).get(0).get("reason")).startsWith(reason);
        assertThat(history()).isEmpty();

        poll("v7", 1);

        assertThat(receipts(2)).last().hasFieldOrPropertyWithValue("outcome", "COMPLETE");
        assertThat(history()).containsExactly("a created", "b created", "south created");
    }

    @Test
    void anOrganizationThatIsRefusedOrGoneFailsAloneAndNoneOfItsJobsIsMissing() throws Exception {
        Answer refused = Answer.status(403);
        Answer gone = Answer.status(404);
        Answer jobs = list(job("a"), job("b"));
        veeam.on(NORTH_JOBS, jobs, refused, refused, refused, gone, gone, gone, gone, jobs)
                .on(SOUTH_JOBS, list(job("south")), list(job("south").replace("Success", "Failed")));

        poll("v7", 9);

        assertThat(outcomes(9)).startsWith("COMPLETE", "FAILED").endsWith("FAILED", "COMPLETE");
        String answered = "the server answered %d to /v7/Organizations/" + NORTH + "/Jobs";
        assertThat(reasons(8).subList(1, 4)).containsOnly(answered.formatted(403));
        assertThat(reasons(8).subList(4, 8)).containsOnly(answered.formatted(404));
        assertThat(causes(9))
                .containsExactly(
                        null,
                        "access-lost",
                        "access-lost",
                        "access-lost",
                        "organization-gone",
                        "organization-gone",
                        "organization-gone",
                        "organization-gone",
                        null);
        assertThat(history()).containsExactly("a created", "b created", "south created", "south status-changed");
    }

    @Test
    void anOrganizationThatIsNotListedAnyMoreLosesNoJob() throws Exception {
        Answer south = Answer.json("[{\"id\":\"%s\"}]".formatted(SOUTH));
        Answer both = Answer.file("v7-organizations.json");
        veeam.on(ORGANIZATIONS, both, south, south, south, south, both);

        poll("v7", 6);

        assertThat(receipts(6))
                .extracting(receipt -> receipt.get("organizations"))
                .containsExactly(2, 1, 1, 1, 1, 2);
        assertThat(history()).containsExactly("a created", "b created", "south created");
        assertThat(database.column("select absent_polls from jobtrail.job_state"))
                .containsOnly(0);
        // It is told of when it goes, not for ever after.
        assertThat(outcomes(6)).containsExactly("COMPLETE", "FAILED", "COMPLETE", "COMPLETE", "COMPLETE", "COMPLETE");
        assertThat(causes(6)).containsExactly(null, "organization-gone", null, null, null, null);
        assertThat(database.column("select gone_since from jobtrail.organization_head"))
                .containsOnlyNulls();
    }

    @Test
    void whereManyOrganizationsAreNotListedAnyMoreAtOnceNoneCountsAsGoneAndEachReceiptSaysSo() throws Exception {
        String more = IntStream.range(0, 5)
                .mapToObj(",{\"id\":\"more-%d\"}"::formatted)
                .collect(Collectors.joining());
        Answer seven = Answer.json("[{\"id\":\"%s\"},{\"id\":\"%s\"}%s]".formatted(NORTH, SOUTH, more));
        for (int n = 0; n < 5; n++) {
            veeam.on("GET /v7/Organizations/more-%d/Jobs".formatted(n), Answer.json("[]"));
        }
        veeam.on(
                ORGANIZATIONS,
                seven,
                Answer.file("v7-organizations.json"),
                Answer.file("v7-organizations.json"),
                seven);

        poll("v7", 4);

        assertThat(outcomes(4)).containsExactly("COMPLETE", "PARTIAL", "PARTIAL", "COMPLETE");
        assertThat(database.column("select reason from jobtrail.poll_receipt where outcome = 'PARTIAL'"))
                .hasSize(2)
                .allSatisfy(reason -> assertThat((String) reason)
                        .startsWith("5 organizations known before not in a list of 2, among them more-"));
        assertThat(database.column("select gone_since from jobtrail.organization_head"))
                .containsOnlyNulls();
    }

    @Test
    void anOrganizationThatIsListedAgainIsThereThoughTheListIsNotWholeAndIsToldOfWhenItGoesOnceMore() throws Exception {
        Answer south = Answer.json("[{\"id\":\"%s\"}]".formatted(SOUTH));
        Answer bothAndMore = Answer.json("[{\"id\":\"%s\"},{\"id\":\"%s\"},5]".formatted(NORTH, SOUTH));
        veeam.on(ORGANIZATIONS, Answer.file("v7-organizations.json"), south, bothAndMore, south);

        poll("v7", 4);

        assertThat(causes(4)).containsExactly(null, "organization-gone", null, "organization-gone");
    }

    @Test
    void whereTheServerWasReplacedThatIsSaidAndTheOrganizationsThatItDoesNotHaveLoseNoJob() throws Exception {
        Answer other = Answer.json("[{\"id\":\"%s\"}]".formatted(OTHER));
        veeam.on(ORGANIZATIONS, Answer.file("v7-organizations.json"), other)
                .on("GET /v7/Organizations/" + OTHER + "/Jobs", list(job("other")))
                .on("GET /v7/ServiceInstance", instance("11111111"), instance("22222222"));

        TestPipeline.pollOnce(database, veeam, "v7");
        TestPipeline.pollOnce(database, veeam, "v7");

        assertThat((String) receipts(2).get(1).get("reason"))
                .startsWith("installation 22222222-")
                .contains("where it was 11111111-", "the server was replaced, or the URL leads to another");
        assertThat(
                        database.column(
                                "select distinct list ->> 'cause' from jobtrail.poll_receipt, json_array_elements(not_complete::json) as list"))
                .containsExactly("server-replaced");
        assertThat(history()).containsExactly("a created", "b created", "other created", "south created");
        assertThat(database.column("select absent_polls from jobtrail.job_state"))
                .containsOnly(0);
    }

    @Test
    void anOrganizationThatAGoodTokenIsRefusedForHasLostAccess() throws Exception {
        veeam.on(NORTH_JOBS, Answer.status(401));

        poll("v7", 1);

        assertThat(reasons(1))
                .singleElement()
                .asString()
                .startsWith("the server answered 401 to /v7/Organizations/" + NORTH + "/Jobs, with a token");
        assertThat(causes(1)).containsExactly("access-lost");
        assertThat(history()).containsExactly("south created");
    }

    @Test
    void aListWithoutAnOrganizationFailsTheSourceAndNoJobIsMissing() throws Exception {
        Answer both = Answer.file("v7-organizations.json");
        Answer none = Answer.json("[]");
        veeam.on(ORGANIZATIONS, both, none, none, none, none, both);

        poll("v7", 6);

        assertThat(receipts(6))
                .extracting(receipt -> receipt.get("outcome") + ": " + receipt.get("reason"))
                .startsWith("COMPLETE: null", "FAILED: the server lists no organization")
                .endsWith("FAILED: the server lists no organization", "COMPLETE: null");
        assertThat(history()).containsExactly("a created", "b created", "south created");
    }

    /** {@code -Dorganizations=10000} for the long run. */
    @Test
    void everyOneOfManyOrganizationsIsReadOnceAndNoMoreAtATimeThanTheOperatorAllows() throws Exception {
        int count = Integer.getInteger("organizations", 100);
        veeam.on(
                ORGANIZATIONS,
                Answer.json(IntStream.range(0, count)
                        .mapToObj("{\"id\":\"organization-%d\"}"::formatted)
                        .collect(Collectors.joining(",", "[", "]"))));
        for (int i = 0; i < count; i++) {
            veeam.on("GET /v7/Organizations/organization-%d/Jobs".formatted(i), list(job("a")));
        }
        var allowed = new CountDownLatch(8);
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        veeam.refuse(call -> {
            if (call.target().endsWith("/Jobs")) {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                Await.together(allowed);
                now.decrementAndGet();
            }
            return false;
        });

        TestPipeline.pollOnce(database, veeam, "v7", Map.of("poll.concurrency", "8", "poll.deadline", "10m"));

        assertThat(receipts(1).get(0))
                .containsEntry("outcome", "COMPLETE")
                .containsEntry("organizations", count)
                .containsEntry("jobs", count)
                .containsEntry("changes", count);
        assertThat(veeam.calls().stream().filter(call -> call.target().endsWith("/Jobs")))
                .hasSize(count);
        assertThat(most).hasValue(8);
    }

    static Map<Answer, String> noLists() {
        var answers = new LinkedHashMap<Answer, String>();
        answers.put(Answer.html("<html>Sign in</html>"), "the answer is text/html, not application/json");
        answers.put(Answer.json("<html>Sign in</html>"), "the answer is not whole JSON: what stands at byte ");
        answers.put(new Answer(200, "text/plain", bytes("[]")), "the answer is text/plain, not application/json");
        answers.put(Answer.status(204), "the answer is of no content type, not application/json");
        answers.put(new Answer(200, "application/json", new byte[0]), "the answer is no list: it is empty");
        answers.put(Answer.json("null"), "the answer is no list: it is null");
        answers.put(Answer.json("{}"), "the answer is no list: it is an object where an array was expected");
        answers.put(Answer.json("\"\""), "the answer is no list: it is a text");
        answers.put(Answer.json("[{\"id\":\"a\"},{\"id\":"), "the answer is not whole JSON: it ends too early");
        answers.put(Answer.json("[".repeat(100_000)), "the answer is no");
        answers.put(
                new Answer(200, "application/json", "[{\"id\":\"ä\"}]".getBytes(StandardCharsets.ISO_8859_1)),
                "the answer is not UTF-8");
        answers.put(
                new Answer(200, "application/json", "[]".getBytes(StandardCharsets.UTF_16LE)),
                "the answer is not UTF-8");
        return answers;
    }

    @Test
    void whatIsNoListIsNoListWithoutJobs() throws Exception {
        var script = new ArrayList<>(noLists().keySet());
        script.add(0, list(job("a"), job("b")));
        script.add(list(job("a"), job("b")));
        veeam.on(NORTH_JOBS, script.toArray(Answer[]::new));

        poll("v7", script.size());

        assertThat(outcomes(script.size())).startsWith("COMPLETE", "FAILED").endsWith("FAILED", "COMPLETE");
        List<String> expected = List.copyOf(noLists().values());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(reasons(script.size()).get(i + 1)).startsWith(expected.get(i));
        }
        assertThat(history()).containsExactly("a created", "b created", "south created");
    }

    @ParameterizedTest(name = "{0} of 40 jobs are left")
    @ValueSource(ints = {0, 25})
    void aListThatIsSuddenlyMuchShorterIsSuspectHoweverOftenItIsRead(int left) throws Exception {
        Answer reduced = jobs(left);
        veeam.on(NORTH_JOBS, jobs(40), reduced, reduced, reduced, reduced, jobs(40));

        poll("v7", 6);

        assertThat(outcomes(6)).containsExactly("COMPLETE", "SUSPECT", "SUSPECT", "SUSPECT", "SUSPECT", "COMPLETE");
        assertThat(reasons(5).subList(1, 5))
                .containsOnly(
                        ("%d of 40 known jobs are not in a list of %d: nothing is recorded until the same list was read "
                                        + "for absence.suspect-for, or accept-suspect confirms it")
                                .formatted(40 - left, left));
        assertThat(database.value("select count(*) from jobtrail.job_history")).isEqualTo(41L);
    }

    @Test
    void aJobIsMissingAtTheThirdPollWithoutItAndReappearsAtTheFourth() throws Exception {
        Answer with = list(job("a"), job("b"));
        Answer without = list(job("a"));
        veeam.on(NORTH_JOBS, with, without, with, without, without, with, without, without, without, with);

        poll("v7", 10);

        assertThat(changes(10)).containsExactly(3, 0, 0, 0, 0, 0, 0, 0, 1, 1);
        assertThat(history()).containsExactly("a created", "b created", "b missing", "b reappeared", "south created");
    }

    @Test
    void aJobThatStandsTwiceInTheListAndSaysTheSameIsOne() throws Exception {
        veeam.on(NORTH_JOBS, list(job("a"), job("b"), job("a")));

        poll("v7", 1);

        assertThat(veeam.calls(NORTH_JOBS)).isNotEmpty();
        assertThat(receipts(1).get(0)).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 3);
        assertThat(history()).containsExactly("a created", "b created", "south created");
    }

    @Test
    void aJobThatStandsTwiceInTheListAndDiffersOnlyInWhatDoesNotCountIsOne() throws Exception {
        veeam.on(NORTH_JOBS, list(job("a"), job("b"), job("a").replace("{", "{\"processedObjects\":2,")));

        poll("v7", 2);

        assertThat(receipts(2)).allSatisfy(receipt -> assertThat(receipt).containsEntry("outcome", "COMPLETE"));
        assertThat(history()).containsExactly("a created", "b created", "south created");
    }

    @Test
    void idsAreComparedExactlyButForTheSpellingOfAUuid() throws Exception {
        String uuid = "7b2b1ae1-7bbb-4651-b479-bda7edc7838b";
        String zero = "00000000-0000-0000-0000-000000000000";
        veeam.on(
                NORTH_JOBS,
                list(
                        job("job"),
                        job("JOB"),
                        job("job "),
                        job("j\u00f6b"),
                        job("jo\u0308b"),
                        job(zero),
                        "{\"id\":null}",
                        job(uuid)),
                list(
                        job("job"),
                        job("JOB"),
                        job("job "),
                        job("j\u00f6b"),
                        job("jo\u0308b"),
                        job(zero),
                        job(uuid.toUpperCase())));

        poll("v7", 2);

        assertThat(database.column("select job_id from jobtrail.job_history where organization_id = ?", NORTH))
                .containsExactlyInAnyOrder("job", "JOB", "job ", "j\u00f6b", "jo\u0308b", zero, uuid);
        assertThat(outcomes(2)).containsExactly("PARTIAL", "COMPLETE");
        assertThat(reasons(1)).containsExactly("1 of 8 jobs kept aside: it has no id");
    }

    @Test
    void noLinkIsFollowedWhereverItLeads() throws Exception {
        try (FakeVeeam other = FakeVeeam.start()) {
            int port = other.url().getPort();
            List<String> links = List.of(
                    "http://127.0.0.1:" + port + "/v8/Jobs?offset=1",
                    "//127.0.0.1:" + port + "/v8/Jobs",
                    "http://reader:secret@127.0.0.1:" + port + "/",
                    "file:///etc/passwd",
                    "http://169.254.169.254/latest/meta-data",
                    "/v8/Jobs?offset=0&limit=1",
                    "");
            for (int i = 0; i < links.size(); i++) {
                String next = "\"_links\":{\"self\":{\"href\":\"%1$s\"},\"next\":{\"href\":\"%1$s\"}}"
                        .formatted(links.get(i));
                // Two elements on each page: the one that ended the page before and a new one.
                String elements = i == 0 ? job("0") : job("" + (i - 1)) + "," + job("" + i);
                veeam.on(
                        PAGE.formatted(Math.max(0, i - 1)),
                        Answer.json("{\"limit\":%d,\"results\":[%s],%s}"
                                .formatted(i == links.size() - 1 ? 3 : i == 0 ? 1 : 2, elements, next)));
            }

            poll("v8", 1);

            assertThat(other.calls()).isEmpty();
        }
        assertThat(veeam.calls())
                .extracting(FakeVeeam.Call::target)
                .allMatch(
                        target -> target.matches(
                                "POST /v8/token|GET /v8/(ServiceInstance|Organizations|Jobs|CopyJobs)(\\?(organizationId=.*&)?(extendedView=false&)?offset=\\d+&limit=\\d+)?"));
    }

    @Test
    void whereTheSecondPageCannotBeReadNothingOfTheFirstIsRecorded() throws Exception {
        String changed = job("a").replace("Success", "Failed");
        veeam.on(
                        PAGE.formatted(0),
                        page(2, job("a"), job("b")),
                        page(2, changed, job("new")),
                        page(2, job("a"), job("b")))
                .on(PAGE.formatted(1), page(2, job("b")), Answer.html("<html></html>"), page(2, job("b")));

        poll("v8", 3);

        assertThat(outcomes(3)).containsExactly("COMPLETE", "FAILED", "COMPLETE");
        assertThat(history()).containsExactly("a created", "b created");
    }

    @Test
    void aJobThatGoesOrComesWhileItsListIsReadMakesNobodyMissing() throws Exception {
        Answer all = page(2, job("a"), job("b"));
        Answer shifted = page(2, job("b"), job("c"));
        veeam.on(PAGE.formatted(0), all, all, shifted, all, page(3, job("new"), job("a"), job("b")), all)
                .on(
                        PAGE.formatted(1),
                        // whole; then a is gone when the second page is read, and the list is read anew
                        page(2, job("b"), job("c")),
                        page(2, job("c")),
                        page(2, job("c")),
                        page(2, job("b"), job("c")))
                .on(PAGE.formatted(2), page(2, job("c")));

        poll("v8", 3);

        assertThat(database.column("select distinct change_kind from jobtrail.job_history where job_id <> 'new'"))
                .containsExactly("created");
        assertThat(outcomes(3)).containsOnly("COMPLETE");
    }

    @Test
    void whatNobodyKnowsIsKeptAsItCameAndBreaksNothing() throws Exception {
        veeam.on(
                NORTH_JOBS,
                list(job("a"), job("b")),
                list(
                        "{\"id\":\"a\",\"name\":{\"de\":\"Job\"},\"lastStatus\":\"Hibernating\",\"isEnabled\":2,\"new\":[1]}",
                        job("b")));

        poll("v7", 2);

        assertThat(outcomes(2)).containsOnly("COMPLETE");
        assertThat(
                        database.rows(
                                "select change_kind, last_status, array_to_string(changed_fields, ',') as fields, job_name from jobtrail.job_history where job_id = 'a' and seq > 2 order by seq"))
                .containsExactly(
                        Map.of(
                                "change_kind",
                                "configuration-changed",
                                "last_status",
                                "Hibernating",
                                "fields",
                                "isEnabled,name",
                                "job_name",
                                "{\"de\":\"Job\"}"),
                        Map.of(
                                "change_kind",
                                "status-changed",
                                "last_status",
                                "Hibernating",
                                "fields",
                                "lastRun,lastStatus,nextRun",
                                "job_name",
                                "{\"de\":\"Job\"}"));
    }

    @Test
    void whatMovesByItselfIsNoChangeAndANextRunIsNoChangeOfStatus() throws Exception {
        String a = job("a");
        veeam.on(
                NORTH_JOBS,
                list(a),
                list(a.replace("}", ",\"eTag\":42,\"minuteOffset\":7,\"_links\":{},\"counter\":1}")),
                list(a.replace("2026-11-23T22:00:00Z", "2026-11-24T22:00:00Z")));

        poll("v7", 3);

        assertThat(changes(3)).containsExactly(2, 0, 1);
        assertThat(history()).containsExactly("a created", "a rescheduled", "south created");
    }

    @Test
    void aServerWhoseClockJumpsIsRecordedAsItSaysInTheOrderInWhichItWasSeen() throws Exception {
        String a = job("a");
        List<String> runs = List.of("2026-11-22T22:00:05Z", "2026-11-21T22:00:05Z", "2036-11-22T22:00:05Z");
        veeam.on(
                NORTH_JOBS,
                runs.stream()
                        .map(run -> list(a.replace("2026-11-22T22:00:05Z", run)))
                        .toArray(Answer[]::new));

        poll("v7", 3);

        assertThat(
                        database.column(
                                "select change_kind || ' ' || jobtrail.iso(last_run) from jobtrail.job_history where job_id = 'a' order by seq"))
                .containsExactly(
                        "created 2026-11-22T22:00:05.000000Z",
                        "run-completed 2026-11-21T22:00:05.000000Z",
                        "run-completed 2036-11-22T22:00:05.000000Z");
        assertThat(
                        database.value(
                                "select count(*) from jobtrail.job_history after join jobtrail.job_history before using (organization_id) where after.seq = before.seq + 1 and after.observed_at < before.observed_at"))
                .isEqualTo(0L);
    }

    @Test
    void aMomentThatIsNoneIsKeptAsTextAndBreaksNothing() throws Exception {
        List<String> sent = List.of(
                "2026-03-29T02:30:00+01:00",
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:30:00",
                "2026-11-22T23:59:59.9999999Z",
                "0001-01-01T00:00:00+02:00",
                "9999-12-31T23:59:59.9999999Z",
                "2016-12-31T23:59:60Z");
        veeam.on(
                NORTH_JOBS,
                list(IntStream.range(0, sent.size())
                        .mapToObj(i -> "{\"id\":\"%d\",\"lastRun\":\"%s\"}".formatted(i, sent.get(i)))
                        .toArray(String[]::new)));

        poll("v7", 1);

        assertThat(outcomes(1)).containsExactly("COMPLETE");
        assertThat(database.column(
                        "select coalesce(jobtrail.iso(last_run), 'none') from jobtrail.job_history where organization_id = ? order by job_id",
                        NORTH))
                .containsExactly(
                        "2026-03-29T01:30:00.000000Z",
                        "2026-10-25T00:30:00.000000Z",
                        "none",
                        "2026-11-22T23:59:59.999999Z",
                        "none",
                        "none",
                        "none");
        assertThat(database.column(
                        "select raw::json ->> 'lastRun' from jobtrail.job_history where organization_id = ? order by job_id",
                        NORTH))
                .isEqualTo(sent);
    }

    @Test
    void whatTheServerWritesIntoAnIdCannotBreakALineOrMoveTheCursorOfATerminal() throws Exception {
        String id = "a\\r\\nERROR forged\\u001b[2J";
        veeam.on(ORGANIZATIONS, Answer.json("[{\"id\":\"%s\"}]".formatted(id)))
                .on(
                        "GET /v7/Organizations/a%0D%0AERROR%20forged%1B%5B2J/Jobs",
                        list(job(id), job(id).replace("Success", "Failed")));

        List<String> logged;
        try (var log = new Logged("jobtrail.poll")) {
            poll("v7", 1);
            logged = log.messages();
        }

        String doubt = "job a ERROR forged [2J stands in the list twice and differs";
        assertThat(reasons(1)).singleElement().asString().endsWith(doubt);
        assertThat(logged)
                .filteredOn(line -> line.endsWith(doubt))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .startsWith("source veeam, organization a ERROR forged [2J: PARTIAL, ")
                        .doesNotContainPattern("\\p{Cc}"));
    }

    @Test
    void jobsOfOneIdInTwoOrganizationsAreTwo() throws Exception {
        veeam.on(NORTH_JOBS, list(job("same")), list(job("same").replace("Success", "Failed")))
                .on(SOUTH_JOBS, list(job("same")));

        poll("v7", 2);

        assertThat(
                        database.column(
                                "select organization_id || ' ' || change_kind from jobtrail.job_history order by organization_id, seq"))
                .containsExactly(NORTH + " created", NORTH + " status-changed", SOUTH + " created");
    }

    @Test
    void anAnswerFromTheMemoryOfAProxyIsAPollWithoutAChangeOfTheSameDigest() throws Exception {
        veeam.on(NORTH_JOBS, list(job("a")), list(job("a")).with("Age", "600"));

        poll("v7", 2);

        assertThat(changes(2)).containsExactly(2, 0);
        assertThat(receipts(2).get(1).get("lists_digest"))
                .isEqualTo(receipts(2).get(0).get("lists_digest"));
        assertThat(veeam.calls(NORTH_JOBS))
                .allSatisfy(
                        call -> assertThat(call.headers().get("Cache-control")).containsExactly("no-cache"));
    }

    private void poll(String version, int polls) throws Exception {
        var settings = new HashMap<>(TestPipeline.source("veeam", veeam.url(), version));
        try (var pipeline = TestPipeline.pollWithoutPause(database, settings)) {
            for (int i = 0; i < polls; i++) {
                pipeline.nextSummary();
            }
        }
    }

    private List<Map<String, Object>> receipts(int first) throws SQLException {
        return database.rows("""
                select receipt.*, entry ->> 'outcome' as north, entry ->> 'reason' as why
                from jobtrail.poll_receipt receipt left join lateral json_array_elements(not_complete::json) entry on true
                order by seq limit ?
                """, first);
    }

    /** How north ended in each of the first polls; nobody else may end otherwise than complete. */
    private List<String> outcomes(int first) throws SQLException {
        List<Map<String, Object>> receipts = receipts(first);
        assertThat(receipts).extracting(receipt -> receipt.get("seq")).doesNotHaveDuplicates();
        assertThat(receipts)
                .allSatisfy(receipt ->
                        assertThat((String) receipt.get("not_complete")).doesNotContain(SOUTH));
        return receipts.stream()
                .map(receipt -> (String) (receipt.get("north") == null ? receipt.get("outcome") : receipt.get("north")))
                .toList();
    }

    private List<String> reasons(int first) throws SQLException {
        return receipts(first).stream()
                .map(receipt -> (String) receipt.get("why"))
                .toList();
    }

    private List<Integer> changes(int first) throws SQLException {
        return receipts(first).stream()
                .map(receipt -> (Integer) receipt.get("changes"))
                .toList();
    }

    private List<Object> history() throws SQLException {
        return database.column(
                "select job_id || ' ' || change_kind from jobtrail.job_history order by job_id, organization_id, seq");
    }

    private static Answer jobs(int count) {
        return list(IntStream.range(0, count).mapToObj(i -> job("job-" + i)).toArray(String[]::new));
    }

    /** Of each receipt, of the first list that was not complete. */
    private List<Object> causes(int receipts) throws SQLException {
        return database.column(
                "select not_complete::json -> 0 ->> 'cause' from jobtrail.poll_receipt where seq <= ? order by seq",
                receipts);
    }

    private static Answer instance(String id) {
        return Answer.json("{\"installationId\":\"%s-0a54-4e69-9b7e-1c5d2a6f7e01\",\"version\":\"8.3\"}".formatted(id));
    }

    private static Answer list(String... jobs) {
        return Answer.json("[" + String.join(",", jobs) + "]");
    }

    private static Answer page(int limit, String... jobs) {
        return Answer.json("{\"limit\":%d,\"results\":[%s]}".formatted(limit, String.join(",", jobs)));
    }

    private static String job(String id) {
        return ("{\"id\":\"%s\",\"name\":\"Mailboxes\",\"isEnabled\":true,\"lastStatus\":\"Success\","
                        + "\"lastRun\":\"2026-11-22T22:00:05Z\",\"nextRun\":\"2026-11-23T22:00:00Z\"}")
                .formatted(id);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends each connection in the middle of an answer, as a machine does that knows nothing of it. */
    private static void reset(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                connection.getInputStream().read(new byte[8192]);
                connection
                        .getOutputStream()
                        .write(bytes(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
                connection.setSoLinger(true, 0);
            } catch (IOException e) {
                // closed
            }
        }
    }
}
