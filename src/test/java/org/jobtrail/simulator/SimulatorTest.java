package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.simulator.TrustingClient.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorTest {
    private static final MovableClock CLOCK = new MovableClock(Instant.parse("2026-11-23T10:00:00Z"));
    private static Simulator simulator;
    private static TrustingClient client;

    @BeforeAll
    static void start() throws Exception {
        simulator = Simulator.start(
                SimulatorOptions.defaults().withHostName("127.0.0.2").withClock(CLOCK));
        client = new TrustingClient(simulator);
    }

    @AfterAll
    static void stop() {
        simulator.close();
    }

    @Test
    void aClientThatDoesNotKnowTheCertificateDoesNotTrustTheServer() {
        HttpRequest request = HttpRequest.newBuilder(simulator.url()).build();

        assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, BodyHandlers.discarding()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void theCertificateIsAlsoForTheLoopbackAddress() throws Exception {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(TrustingClient.trusting(simulator.certificatePem()))
                .build();
        URI url = URI.create("https://127.0.0.1:" + simulator.port() + "/v8/ServiceInstance");

        assertThat(http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"v0, 404", "v1, 401", "v2, 401", "v7, 401", "v8, 401", "v9, 404"})
    void aClientFindsOutWithoutATokenWhichVersionsThereAre(String version, int status) throws Exception {
        assertThat(client.getWithoutToken("/" + version + "/Organizations").statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"v1, 404", "v5, 404", "v6, 401", "v7, 401", "v8, 401"})
    void theServiceInstanceIsThereFromVersionSixOn(String version, int status) throws Exception {
        assertThat(client.getWithoutToken("/" + version + "/ServiceInstance").statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"})
    void whoSignsInGetsATokenForAnHour(String version) throws Exception {
        JsonNode answer = client.signIn(version);

        assertThat(answer.path("token_type").textValue()).isEqualTo("bearer");
        assertThat(answer.path("expires_in").intValue()).isEqualTo(3600);
        assertThat(answer.path("userName").textValue()).isEqualTo("simulator");
        assertThat(Duration.between(
                        Instant.parse(answer.path(".issued").textValue()),
                        Instant.parse(answer.path(".expires").textValue())))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void anExpiredTokenIsAnsweredWith401AndAnEmptyBody() throws Exception {
        String token = client.accessToken("v1");
        CLOCK.advance(Duration.ofMinutes(59));
        assertThat(client.get("/v1/Organizations", token).statusCode()).isEqualTo(200);
        CLOCK.advance(Duration.ofMinutes(1));

        assertIsEmpty401(client.get("/v1/Organizations", token));
    }

    @Test
    void aMissingOrUnknownTokenIsAnsweredWith401AndAnEmptyBody() throws Exception {
        assertIsEmpty401(client.getWithoutToken("/v1/Organizations"));
        assertIsEmpty401(client.get("/v8/Jobs", "made-up"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grant_type=password&username=simulator&password=wrong",
                "grant_type=password&username=other&password=simulator",
                "grant_type=password&username=simulator",
                "grant_type=refresh_token&refresh_token=made-up",
                "grant_type=magic",
                "grant_type=%zz",
                "",
            })
    void wrongCredentialsAreAnsweredWith400AndAReason(String form) throws Exception {
        HttpResponse<String> answer = client.post("/v1/token", form);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").textValue()).isNotBlank();
        assertThat(json(answer).path("error_description").textValue()).isNotBlank();
    }

    @Test
    void fromVersionSixOnAFailedLoginIsAMessageAsEveryOtherFailure() throws Exception {
        HttpResponse<String> answer = client.post("/v7/token", "grant_type=password");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).fieldNames()).toIterable().containsExactly("message", "errorCode");
    }

    @Test
    void onlyTheVersionsThatAreToBeServedAre() throws Exception {
        try (Simulator older = Simulator.start(SimulatorOptions.defaults().withApiVersions("v6", "v7"))) {
            TrustingClient olderClient = new TrustingClient(older);

            assertThat(olderClient.getWithoutToken("/v8/Jobs").statusCode()).isEqualTo(404);
            assertThat(olderClient.post("/v8/token", "").statusCode()).isEqualTo(404);
            assertThat(olderClient
                            .get("/v7/Jobs", olderClient.accessToken("v7"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aRefreshTokenIsGoodForOneNewPair() throws Exception {
        String form = "grant_type=refresh_token&refresh_token="
                + client.signIn("v8").path("refresh_token").textValue();

        JsonNode renewed = json(client.post("/v8/Token", form));

        assertThat(client.get("/v8/Jobs", renewed.path("access_token").textValue())
                        .statusCode())
                .isEqualTo(200);
        assertThat(renewed.path("refresh_token").textValue()).isNotBlank();
        assertThat(client.post("/v8/Token", form).statusCode()).isEqualTo(400);
    }

    @Test
    void anAnswerSaysThatItIsJsonAndHowLongItIs() throws Exception {
        HttpResponse<String> answer = client.get("/v1/Organizations", client.accessToken("v1"));

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        assertThat(answer.headers().firstValueAsLong("Content-Length"))
                .hasValue(answer.body().getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/Organizations",
        "DELETE, /v8/Jobs",
        "PUT, /v8/Jobs",
        "GET, /v1/token",
        "HEAD, /v1/Organizations"
    })
    void otherMethodsAreAnsweredWith405(String method, String path) throws Exception {
        assertThat(client.send(method, path).statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/Nothing", "/v8/Jobs/1/JobSessions", "/favicon.ico"})
    void anUnknownPathIsAnsweredWith404AndAMessage(String path) throws Exception {
        HttpResponse<String> answer = client.getWithoutToken(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).path("message").textValue()).isNotBlank();
    }

    @Test
    void aConnectionIsKeptForTheNextRequestEvenAfterA401() throws Exception {
        try (SSLSocket socket = (SSLSocket) TrustingClient.trusting(simulator.certificatePem())
                .getSocketFactory()
                .createSocket("localhost", simulator.port())) {
            for (int request = 0; request < 3; request++) {
                socket.getOutputStream()
                        .write("GET /v8/ServiceInstance HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    @Test
    void aPortThatIsTakenIsAnError() {
        assertThatThrownBy(() -> Simulator.start(SimulatorOptions.defaults().withPort(simulator.port())))
                .isInstanceOf(BindException.class);
    }

    @Test
    void theOptionsDoNotTellThePassword() {
        assertThat(SimulatorOptions.defaults()
                        .withCredentials("reader", "geheim")
                        .toString())
                .doesNotContain("geheim");
    }

    @Test
    void optionsThatCannotBeAreRefusedInASentence() {
        assertThatThrownBy(() -> SimulatorOptions.defaults().withPace(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The pace must be from 0.01 to 100.");
        assertThatThrownBy(() -> SimulatorOptions.defaults().withApiVersions("v6", "v9"))
                .hasMessage("The API versions must be some of v1 to v8.");
        assertThatThrownBy(() -> SimulatorOptions.defaults().withFaults("forbidden=4"))
                .hasMessage("The fault forbidden names organization 4, and there are 3.");
        assertThatThrownBy(() -> SimulatorOptions.defaults().withHostName("a,dns:b"))
                .hasMessage("The host name must be one name or address.");
    }

    private static void assertIsEmpty401(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("Content-Type")).isEmpty();
    }

    private static String head(InputStream input) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            assertThat(next).as("the connection is open").isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
