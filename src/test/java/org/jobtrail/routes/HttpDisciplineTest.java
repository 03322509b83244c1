package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.RawServer.json;
import static org.jobtrail.support.RawServer.sends;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RawServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll does with a server that answers north's jobs as no server should; south's are as ever. */
@ExtendWith(RealServers.class)
class HttpDisciplineTest {

    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";
    private static final String TOKEN = "POST /v7/token";
    private static final String NORTH_JOBS = "GET /v7/Organizations/" + NORTH + "/Jobs";
    private static final String SOUTH_JOBS = "GET /v7/Organizations/" + SOUTH + "/Jobs";
    private static final String GOOD = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n";

    private final TestDatabase database;
    private RawServer server;

    HttpDisciplineTest(PostgresServer postgres) throws SQLException {
        database = postgres.migratedDatabase();
    }

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start()
                .on(TOKEN, json("{\"access_token\":\"token-1\",\"expires_in\":3600}"))
                .on("GET /v7/Organizations", json(Answer.text("v7-organizations.json")))
                .on("GET /v7/CopyJobs", json("[]"))
                .on(NORTH_JOBS, json("[]"))
                .on(SOUTH_JOBS, json("[]"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aListAnsweredWithGzipIsRead() throws Exception {
        server.on(NORTH_JOBS, gzip(Answer.text("v7-jobs-north.json").getBytes(StandardCharsets.UTF_8)));

        poll("30s");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 2);
        assertThat(requests(NORTH_JOBS)).singleElement().asString().containsPattern("(?m)^Accept-Encoding: gzip\r?$");
    }

    @Test
    void aServerIsToldWhoAsksAndThatNoProxyMayAnswerAndNothingElse() throws Exception {
        poll("30s");

        assertThat(requests(NORTH_JOBS))
                .singleElement()
                .asString()
                .containsIgnoringCase("Cache-Control: no-cache")
                .containsPattern("(?m)^User-Agent: Jobtrail/\\S+$");
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.lines()
                                .skip(1)
                                .map(line -> line.replaceAll(":.*", "").toLowerCase(java.util.Locale.ROOT)))
                        .isSubsetOf(
                                "host",
                                "accept",
                                "accept-encoding",
                                "authorization",
                                "cache-control",
                                "connection",
                                "content-length",
                                "content-type",
                                "user-agent"));
        assertThat(server.requests())
                .filteredOn(request -> !request.startsWith("GET "))
                .allSatisfy(request -> assertThat(request).startsWith(TOKEN + " "))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"429 Too Many Requests", "503 Service Unavailable"})
    void aBusyServerIsAskedAgainWhenItSaid(String status) throws Exception {
        server.on(
                NORTH_JOBS,
                sends("HTTP/1.1 " + status + "\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"),
                json(Answer.text("v7-jobs-south.json")));

        poll("30s");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE").containsEntry("jobs", 1);
        assertThat(requests(NORTH_JOBS)).hasSize(2);
    }

    @Test
    void aBusyServerThatAsksForMoreTimeThanThereIsFailsThatOrganizationAtOnce() throws Exception {
        server.on(
                NORTH_JOBS,
                sends(
                        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"));

        poll("30s");

        assertOnlyNorthFailed("the server answered 503 to /v7/Organizations/" + NORTH + "/Jobs and asks to wait 600 s");
        assertThat(requests(NORTH_JOBS)).hasSize(1);
    }

    @Test
    void aBusyLoginIsAskedAgain() throws Exception {
        server.on(
                TOKEN,
                sends("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                out -> {},
                json("{\"access_token\":\"token-1\",\"expires_in\":3600}"));

        poll("30s");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
        assertThat(requests(TOKEN)).hasSize(3);
    }

    @Test
    void aLoginThatIsRedirectedIsNotFollowed() throws Exception {
        server.on(TOKEN, redirect("302 Found", "/v7/elsewhere"));

        poll("30s");

        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .containsEntry("reason", "the server answered 302 to /v7/token: redirects are not followed");
        assertThat(server.requests()).hasSize(1);
    }

    static Stream<Arguments> redirects() {
        return Stream.of(
                arguments("301 Moved Permanently", "http://127.0.0.1:%d/v7/elsewhere"),
                arguments("302 Found", "http://127.0.0.1:%d/"),
                arguments("303 See Other", "//127.0.0.1:%d/"),
                arguments("307 Temporary Redirect", "/v7/elsewhere"),
                arguments("308 Permanent Redirect", "http://user@127.0.0.1:%d/"));
    }

    @ParameterizedTest
    @MethodSource("redirects")
    void aRedirectIsNotFollowedAndTheTokenGoesNowhereElse(String status, String location) throws Exception {
        try (RawServer other = RawServer.start()) {
            server.on(
                    NORTH_JOBS, redirect(status, location.formatted(other.url().getPort())));

            poll("30s");

            assertThat(other.requests()).isEmpty();
        }
        assertOnlyNorthFailed("the server answered %s to /v7/Organizations/%s/Jobs: redirects are not followed"
                .formatted(status.substring(0, 3), NORTH));
        assertThat(server.requests()).noneMatch(request -> request.contains("elsewhere"));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                arguments("HTTP/1.1 204 No Content\r\n", "the answer is of no content type, not application/json"),
                arguments(
                        "HTTP/1.1 206 Partial Content\r\nContent-Type: application/json\r\nContent-Length: 2\r\n",
                        "the server answered 206, with a part of its answer"),
                arguments(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
                        "the answer is of no content type, not application/json"),
                arguments(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n",
                        "the answer is text/plain, not application/json"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void anAnswerOfAnotherKindIsNoList(String head, String reason) throws Exception {
        server.on(NORTH_JOBS, sends(head + "Connection: close\r\n\r\n", head.contains("204") ? "" : "[]"));

        poll("30s");

        assertOnlyNorthFailed(reason);
        assertThat(requests(NORTH_JOBS)).hasSize(1);
    }

    static Stream<Arguments> cut() {
        String list = "[ ]";
        return Stream.of(
                arguments("shorter than it says", sends(GOOD + "Content-Length: 100\r\n\r\n" + list)),
                arguments("no last chunk", sends(GOOD + "Transfer-Encoding: chunked\r\n\r\n3\r\n" + list + "\r\n")),
                arguments("a chunk that breaks off", sends(GOOD + "Transfer-Encoding: chunked\r\n\r\n9\r\n" + list)),
                arguments(
                        "gzip that breaks off",
                        sends(GOOD
                                + "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\u001f\u008b\b\0\0\0\0\0\0\0")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cut")
    void anAnswerThatIsNotWholeIsNoList(String name, RawServer.Behaviour cut) throws Exception {
        server.on(NORTH_JOBS, cut);

        poll("30s");

        assertOnlyNorthFailed("");
        assertThat(requests(NORTH_JOBS)).hasSize(3);
    }

    @Test
    void aCutAnswerThatComesWholeAtTheSecondTryIsAList() throws Exception {
        server.on(NORTH_JOBS, sends(GOOD + "Content-Length: 100\r\n\r\n[ ]"), json("[]"));

        poll("30s");

        assertThat(receipt()).containsEntry("outcome", "COMPLETE");
    }

    static Stream<Arguments> slow() {
        return Stream.of(
                arguments("no answer", (RawServer.Behaviour) RawServer::nothing),
                arguments("a body without an end", RawServer.drips(GOOD + "\r\n[", ' ')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slow")
    void aListThatIsNotThereInTimeFailsThatOrganizationOnly(String name, RawServer.Behaviour slow) throws Exception {
        server.on(NORTH_JOBS, slow);

        poll("1s");

        assertOnlyNorthFailed("the server had not answered all of it in time (poll.deadline is 1 s)");
        assertThat(requests(NORTH_JOBS)).hasSize(1);
    }

    @Test
    void aLoginThatIsNotAnsweredEndsAtTheDeadlineToo() throws Exception {
        server.on(TOKEN, RawServer::nothing);

        poll("1s");

        assertThat(receipt())
                .containsEntry("outcome", "FAILED")
                .containsEntry("reason", "the server had not answered all of it in time (poll.deadline is 1 s)");
    }

    @Test
    void howFarTheServersClockIsOffIsInTheReceipt() throws Exception {
        String hourAgo = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).minusHours(1));
        server.on("GET /v7/Organizations", dated(hourAgo))
                .on(NORTH_JOBS, dated(hourAgo))
                .on(SOUTH_JOBS, dated(hourAgo));

        poll("30s");

        assertThat(database.column(
                        "select round(extract(epoch from clock_offset) / 60)::int from jobtrail.poll_receipt"))
                .containsExactly(-60);
    }

    @Test
    void aServerThatTellsNoTimeOrNonsenseLeavesNoOffset() throws Exception {
        server.on("GET /v7/Organizations", dated("the day before yesterday"));

        poll("30s");

        assertThat(receipt()).containsEntry("clock_offset", null);
    }

    private RawServer.Behaviour dated(String date) {
        return json("Date: " + date + "\r\n", Answer.text("v7-organizations.json"));
    }

    private static RawServer.Behaviour redirect(String status, String location) {
        return sends("HTTP/1.1 %s\r\nConnection: close\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                .formatted(status, location));
    }

    private static RawServer.Behaviour gzip(byte[] body) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return out -> {
            sends(GOOD + "Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n".formatted(packed.size()))
                    .answer(out);
            packed.writeTo(out);
        };
    }

    private List<String> requests(String target) {
        return server.requests().stream()
                .filter(request -> request.startsWith(target + " ") || request.startsWith(target + "?"))
                .toList();
    }

    private void poll(String deadline) throws Exception {
        Map<String, String> settings = new HashMap<>(TestPipeline.source("veeam", server.url(), "v7"));
        settings.put("poll.deadline", deadline);
        TestPipeline.pollOnce(database, settings);
    }

    private void assertOnlyNorthFailed(String reason) throws SQLException {
        assertThat((String) receipt().get("not_complete"))
                .contains(NORTH, "\"FAILED\"", reason)
                .doesNotContain(SOUTH);
    }

    private Map<String, Object> receipt() throws SQLException {
        return database.rows("select * from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
