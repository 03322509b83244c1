package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jobtrail.authenticate.LoginRequest.Purpose;
import org.jobtrail.support.TestSource;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A session and a server that answers by a function: what is asked, in which order, and what comes of it. */
class SessionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String INSTALLATION = "1F2E3D4C-0000-4000-8000-000000000001";

    private Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private final List<String> asked = new ArrayList<>();
    private final Server server = new Server();

    /** Answers as a v8 server that lets everybody in; what a test changes is public. */
    private static final class Server {
        private int newest = 8;
        private int serviceInstanceSince = 6;
        private int tokens;
        private Map<String, ?> instance = Map.of("installationId", INSTALLATION, "version", "8.1.0.3503");
        private Function<LoginRequest, Integer> status = request -> 0;

        int status(LoginRequest request) {
            int own = status.apply(request);
            int version = Integer.parseInt(request.version().toString().substring(1));
            if (own != 0) {
                return own;
            }
            if (version > newest || !request.forToken() && newest < serviceInstanceSince) {
                return 404;
            }
            return request.purpose() == Purpose.VERSION || request.purpose() == Purpose.ANYBODY ? 401 : 200;
        }

        Map<?, ?> body(LoginRequest request) {
            if (!request.forToken()) {
                return instance;
            }
            tokens++;
            return Map.of("access_token", "token-" + tokens, "refresh_token", "refresh-" + tokens, "expires_in", 3600);
        }

        void answer(Purpose purpose, int with) {
            status = request -> request.purpose() == purpose ? with : 0;
        }
    }

    @Test
    void aFixedVersionIsNotAskedFor() {
        Session session = session("v7");

        poll(session);

        assertThat(asked).containsExactly("password v7", "instance v7");
        assertThat(session.value(null)).isEqualTo("Bearer token-1");
        assertThat(session.version()).isEqualTo(ApiVersion.V7);
    }

    @Test
    void aTokenThatIsGoodIsKeptAndNothingIsAsked() {
        Session session = loggedIn("auto");
        session.sent("Bearer token-1");

        poll(session);

        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 431})
    void aTokenThatBroughtNothingButRefusalsIsRenewedWithTheNextPoll(int status) {
        Session session = loggedIn("v7");
        session.answered("Bearer token-1", status);
        session.answered("Bearer token-1", status);
        poll(session);
        assertThat(asked).containsExactly("refresh v7", "instance v7");

        asked.clear();
        session.answered("Bearer token-2", 200);
        session.answered("Bearer token-2", status);
        poll(session);
        assertThat(asked).as("it is good for something").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void aRefreshThatBroughtNothingButRefusalsIsFollowedByThePassword(int status) {
        Session session = loggedIn("v7");
        now = now.plusSeconds(3_500);
        poll(session);
        assertThat(asked).containsExactly("refresh v7", "instance v7");
        asked.clear();
        session.answered("Bearer token-2", status);

        poll(session);
        if (asked.isEmpty()) {
            renew(session);
        }

        assertThat(asked).containsExactly("password v7", "instance v7");
    }

    @Test
    void aPollThatOverlapsReadsWithTheOldTokenUntilThereIsAnother() {
        Session session = loggedIn("v7");
        now = now.plusSeconds(3_500);
        session.begin(now, PATIENCE);

        LoginRequest request = session.request(now);

        assertThat(request).hasToString("refresh v7");
        assertThat(session.value(null)).isEqualTo("Bearer token-1");

        session.accept(request, server.status(request), server.body(request), now);
        assertThat(session.value(null)).isEqualTo("Bearer token-2");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 200})
    void theNewestVersionThatTheServerDoesNotDenyIsSpoken(int status) {
        server.newest = 6;
        server.status =
                request -> request.purpose() == Purpose.VERSION && request.version() == ApiVersion.V6 ? status : 0;

        Session session = loggedIn("auto");

        assertThat(asked).isEmpty();
        assertThat(session.version()).isEqualTo(ApiVersion.V6);
    }

    @Test
    void versionsAreAskedForFromTheNewestDownWithoutSayingWhoWeAre() {
        server.newest = 6;

        poll(session("auto"));

        assertThat(asked).containsExactly("version v8", "version v7", "version v6", "password v6", "instance v6");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405})
    void anAnswerThatTheServerDoesNotTakeTheQuestionIsHeldAgainstThoseOfOlderVersions(int status) {
        server.newest = 7;
        server.status = request -> request.version() == ApiVersion.V8 ? status : 0;

        poll(session("auto"));
        assertThat(asked).containsExactly("version v8", "version v7", "password v7", "instance v7");

        asked.clear();
        server.answer(Purpose.VERSION, status);
        poll(session("auto"));
        assertThat(asked).hasSize(11).endsWith("version v1", "password v8", "password v7", "instance v7");
    }

    @Test
    void aServerOlderThanTheQuestionIsFoundByItsTokenEndpoint() {
        server.newest = 5;
        Session session = session("auto");

        poll(session);

        assertThat(asked)
                .hasSize(12)
                .endsWith("version v1", "password v8", "password v7", "password v6", "password v5");
        assertThat(session.version()).isEqualTo(ApiVersion.V5);
        assertThat(session.instance()).isEqualTo(ServiceInstance.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 429, 500, 503})
    void anAnswerThatSaysNothingOfTheVersionIsNotTakenForAnOlderOne(int status) {
        server.answer(Purpose.VERSION, status);
        Session session = session("auto");

        assertThatThrownBy(() -> poll(session))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("/v8/ServiceInstance")
                .hasMessageContaining("status " + status);
        assertThat(asked).containsExactly("version v8");
    }

    @Test
    void aServerThatKnowsNoVersionIsSaidAndAskedFromTheNewestAgain() {
        server.newest = 0;
        Session session = session("auto");

        assertThatThrownBy(() -> poll(session))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("https://vb365.example.com:4443")
                .hasMessageContaining("source.east.url")
                .hasMessageContaining("source.east.api-version");
        asked.clear();
        assertThatThrownBy(() -> poll(session)).isInstanceOf(LoginException.class);
        assertThat(asked).startsWith("version v8").endsWith("password v1");
    }

    @Test
    void aFixedVersionThatTheServerDoesNotKnowIsSaid() {
        server.newest = 7;

        assertThatThrownBy(() -> poll(session("v8"))).hasMessageContaining("source.east.api-version");
        assertThat(asked).containsExactly("password v8");
    }

    @Test
    void anUpgradedServerIsSpokenToAsWhatItIsNowWithThePassword() {
        server.newest = 7;
        Session session = loggedIn("auto");
        server.newest = 8;

        later(session);

        assertThat(asked).containsExactly("version v8", "password v8", "instance v8");
        assertThat(session.version()).isEqualTo(ApiVersion.V8);
    }

    @Test
    void aRenewalInTheMiddleOfAPollKeepsTheVersion() {
        server.newest = 7;
        Session session = loggedIn("auto");
        server.newest = 8;

        renew(session);

        assertThat(asked).containsExactly("refresh v7", "instance v7");
        assertThat(session.value(null)).isEqualTo("Bearer token-2");
    }

    @Test
    void aVersionThatIsGoneFromTheListsIsAskedForAtTheNextPoll() {
        Session session = loggedIn("auto");

        session.sent("Bearer token-1");
        session.versionUnknown("Bearer token-0");
        poll(session);
        assertThat(asked).isEmpty();
        session.versionUnknown("Bearer token-1");
        poll(session);

        assertThat(asked).startsWith("version v8");
    }

    @Test
    void aFixedVersionThatIsGoneFromTheListsStays() {
        Session session = loggedIn("v8");
        session.sent("Bearer token-1");

        session.versionUnknown("Bearer token-1");
        poll(session);

        assertThat(asked).isEmpty();
    }

    @Test
    void theNextTokenIsAskedForWithTheRefreshTokenAndBringsTheOneAfter() {
        Session session = loggedIn("v7");

        later(session);
        later(session);

        assertThat(asked).containsExactly("refresh v7", "instance v7", "refresh v7", "instance v7");
        assertThat(session.value(null)).isEqualTo("Bearer token-3");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 400, 401, 403, 404, 500, 503})
    void aRefreshTokenThatBroughtNothingIsFollowedByThePassword(int status) {
        Session session = loggedIn("v7");
        server.status = request -> request.purpose() == Purpose.REFRESH ? (status == 0 ? -1 : status) : 0;

        later(session);

        assertThat(asked).containsExactly("refresh v7", "password v7", "instance v7");
    }

    @Test
    void aRefreshThatBroughtNoTokenIsFollowedByThePassword() {
        Session session = loggedIn("v7");
        session.begin(hourLater(), PATIENCE);
        LoginRequest refresh = session.request(now);
        assertThat(refresh.purpose()).isEqualTo(Purpose.REFRESH);

        assertThat(session.accept(refresh, 200, Map.of("message", "hello"), now))
                .isEqualTo(Login.REFRESH_REFUSED);

        assertThat(session.request(now).purpose()).isEqualTo(Purpose.PASSWORD);
    }

    @Test
    void aRefreshTokenIsUsedOnceThoughItWasNeverAnswered() {
        Session session = loggedIn("v7");
        session.begin(hourLater(), PATIENCE);
        session.request(now);

        later(session);

        assertThat(asked).containsExactly("password v7", "instance v7");
    }

    @Test
    void aTokenThatLivesShorterThanALoginTakesIsNotRefreshedInALoop() {
        Session session = session("v7");
        session.begin(now, PATIENCE);
        session.accept(session.request(now), 200, Map.of("access_token", "t", "expires_in", 1), now);
        now = now.plusSeconds(5);

        LoginRequest instance = session.request(now);
        assertThat(instance.purpose()).isEqualTo(Purpose.INSTANCE);
        session.accept(instance, 200, Map.of(), now);

        assertThat(session.wanted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"403, status 403", "500, status 500", "302, redirects are not followed", "418, status 418"})
    void aLoginThatIsAnsweredOtherwiseEndsWithItsStatus(int status, String said) {
        server.answer(Purpose.PASSWORD, status);

        assertThatThrownBy(() -> poll(session("v8")))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("pa55");
    }

    @Test
    void refusedCredentialsWaitLongerAndLongerAndNothingIsAskedMeanwhile() {
        server.answer(Purpose.PASSWORD, 400);
        Session session = session("auto");
        var tries = new ArrayList<Long>();
        Instant start = now;
        while (now.isBefore(start.plusSeconds(1300))) {
            asked.clear();
            assertThatThrownBy(() -> poll(session)).hasMessageStartingWith("credentials refused (status 400)");
            if (!asked.isEmpty()) {
                assertThat(asked).containsExactly("version v8", "password v8");
                tries.add(Duration.between(start, now).toSeconds());
            }
            now = now.plusSeconds(1);
        }

        assertThat(tries).containsExactly(0L, 20L, 60L, 140L, 300L, 600L, 900L, 1200L);
    }

    @Test
    void refusedCredentialsNameBothSettingsAndTheNextTry() {
        server.answer(Purpose.PASSWORD, 401);

        assertThatThrownBy(() -> poll(session("v8")))
                .hasMessage("credentials refused (status 401): check source.east.username and source.east.password;"
                        + " next try at 2026-11-23T10:00:20Z");
    }

    @Test
    void aGoodLoginEndsTheWaiting() {
        Session session = session("v8");
        server.answer(Purpose.PASSWORD, 400);
        assertThatThrownBy(() -> poll(session)).isInstanceOf(LoginException.class);
        server.answer(Purpose.PASSWORD, 0);
        now = now.plusSeconds(20);
        poll(session);
        server.status = request -> request.forToken() ? 400 : 0;

        assertThatThrownBy(() -> later(session))
                .hasMessageEndingWith(now.plusSeconds(20).toString());
    }

    @ParameterizedTest
    @EnumSource(ApiVersion.class)
    void onlyServersThatAreKnownToSayWhoTheyAreAreAsked(ApiVersion version) {
        Session session = loggedIn(version.toString());

        assertThat(session.instance().known()).isEqualTo(version.compareTo(ApiVersion.V6) >= 0);
    }

    @Test
    void whoTheServerIsIsToldInLowerCase() {
        assertThat(loggedIn("v8").instance())
                .isEqualTo(new ServiceInstance("1f2e3d4c-0000-4000-8000-000000000001", "8.1.0.3503"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 401, 403, 404, 500})
    void aServerThatDoesNotSayWhoItIsIsPolledAndAskedAgain(int status) {
        server.answer(Purpose.INSTANCE, status);
        server.instance = Map.of();
        Session session = loggedIn("v8");
        assertThat(session.instance()).isEqualTo(ServiceInstance.UNKNOWN);
        assertThat(session.value(null)).isEqualTo("Bearer token-1");
        server.instance = Map.of("installationId", "x", "version", "8");
        server.answer(Purpose.INSTANCE, 0);

        poll(session);

        assertThat(asked).containsExactly("instance v8");
        assertThat(session.instance().installationId()).isEqualTo("x");
    }

    @Test
    void aServerOfWhichNothingWasReadIsAskedAgainWhoItIs() {
        Session session = loggedIn("v8");
        server.instance = Map.of("installationId", "another", "version", "8");

        poll(session);

        assertThat(asked).containsExactly("instance v8");
        assertThat(session.instance().installationId()).isEqualTo("another");
        assertThat(session.value(null)).isEqualTo("Bearer token-1");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void anotherServerOfWhichNothingWasReadIsLoggedInAtForItsVersion(int status) {
        Session session = loggedIn("auto");
        server.newest = 7;
        server.instance = Map.of("installationId", "another", "version", "7");
        server.status = request -> request.purpose() == Purpose.INSTANCE && server.tokens == 1 ? status : 0;

        poll(session);

        assertThat(asked).containsExactly("instance v8", "version v8", "version v7", "password v7", "instance v7");
        assertThat(session.instance().installationId()).isEqualTo("another");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 200, 404, 500})
    void aServerOfWhichNothingWasReadStaysWhoItWasUntilItSaysWhoItIs(int status) {
        Session session = loggedIn("v8");
        server.instance = Map.of("version", "8");
        server.answer(Purpose.INSTANCE, status);

        poll(session);

        assertThat(asked).containsExactly("instance v8");
        assertThat(session.instance().installationId()).isEqualTo("1f2e3d4c-0000-4000-8000-000000000001");
    }

    @Test
    void whatIsNoTextDoesNotSayWhoItIs() {
        server.instance = Map.of("installationId", 7, "version", List.of());

        assertThat(loggedIn("v8").instance()).isEqualTo(ServiceInstance.UNKNOWN);
    }

    @Test
    void anotherInstallationInTheMiddleOfAPollEndsIt() {
        Session session = loggedIn("v8");
        server.instance = Map.of("installationId", "another", "version", "8");

        assertThatThrownBy(() -> renew(session))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("another instead of 1f2e3d4c-0000-4000-8000-000000000001");
        assertThatThrownBy(() -> session.value(null)).isInstanceOf(LoginException.class);
        poll(session);

        assertThat(session.instance().installationId()).isEqualTo("another");
    }

    @Test
    void anInstallationThatWasUpgradedInTheMiddleOfAPollIsReadOn() {
        Session session = loggedIn("v8");
        server.instance = Map.of("installationId", INSTALLATION, "version", "8.4");

        renew(session);

        assertThat(session.value(null)).isNotBlank();
        assertThat(session.instance().productVersion()).isEqualTo("8.4");
    }

    @Test
    void anotherInstallationAtTheNextLoginIsTakenAsItIs() {
        Session session = loggedIn("v8");
        server.instance = Map.of("installationId", "another", "version", "8");

        assertThatCode(() -> later(session)).doesNotThrowAnyException();

        assertThat(session.instance().installationId()).isEqualTo("another");
    }

    @Test
    void aTokenThatIsRefusedRightAfterARenewalIsAskedForItsLifeAndStaysWhereItLives() {
        Session session = loggedIn("v8");
        renew(session);
        asked.clear();

        renew(session);

        assertThat(asked).containsExactly("life v8", "anybody v8");
        assertThat(session.current("Bearer token-2")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 401, 403, 500})
    void aTokenThatIsDeadIsRenewedAgain(int status) {
        Session session = loggedIn("v8");
        renew(session);
        asked.clear();
        server.answer(Purpose.LIFE, status);

        renew(session);

        assertThat(asked).containsExactly("life v8", "refresh v8", "instance v8");
        assertThat(session.value(null)).isEqualTo("Bearer token-3");
    }

    @Test
    void whatTheServerTellsAnybodyDoesNotProveThatATokenLives() {
        Session session = loggedIn("v8");
        renew(session);
        asked.clear();
        server.answer(Purpose.ANYBODY, 200);

        renew(session);

        assertThat(asked).containsExactly("life v8", "anybody v8", "refresh v8", "instance v8");
    }

    @Test
    void whatWasAcceptedIsForgottenWithItsToken() {
        Session session = loggedIn("v8");
        session.answered("Bearer token-1", 401);
        session.answered("Bearer token-0", 200);
        assertThat(session.wasAccepted()).isFalse();
        session.answered("Bearer token-1", 200);
        assertThat(session.wasAccepted()).isTrue();

        renew(session);

        assertThat(session.wasAccepted()).isFalse();
    }

    @Test
    void theWholeLoginHasOneDeadline() {
        Session session = session("auto");
        session.begin(now, PATIENCE);
        Instant deadline = session.deadline();
        LoginRequest first = session.request(now);
        now = now.plusSeconds(60);
        session.accept(first, 404, Map.of(), now);

        assertThat(session.deadline()).isEqualTo(deadline).isEqualTo(now.plusSeconds(60));
    }

    private Session loggedIn(String apiVersion) {
        Session session = session(apiVersion);
        poll(session);
        asked.clear();
        return session;
    }

    /** A poll when the token is about to expire. */
    private void later(Session session) {
        hourLater();
        poll(session);
    }

    private Instant hourLater() {
        now = now.plusSeconds(3600);
        return now;
    }

    private void poll(Session session) {
        session.begin(now, PATIENCE);
        converse(session);
    }

    private void renew(Session session) {
        session.beginRenewal(now, PATIENCE);
        converse(session);
    }

    /** What 2-authenticate does. Status -1 is a connection that broke. */
    private void converse(Session session) {
        while (session.wanted()) {
            LoginRequest request = session.request(now);
            asked.add(request.toString());
            int status = server.status(request);
            session.accept(request, Math.max(0, status), status == 200 ? server.body(request) : Map.of(), now);
        }
    }

    private static Session session(String apiVersion) {
        return new Session(
                TestSource.named("east")
                        .apiVersion(apiVersion)
                        .username("BACKUP\\reader")
                        .settings(),
                Clock.systemUTC());
    }
}
