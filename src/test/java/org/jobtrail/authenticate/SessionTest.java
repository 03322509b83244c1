package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.settings.Settings.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant HOUR_LATER = NOW.plusSeconds(3600);
    private static final Map<String, Object> PAIR =
            Map.of("access_token", "token-1", "refresh_token", "refresh-1", "expires_in", 3600);

    @TempDir
    Path directory;

    @Test
    void theFirstTokenIsAskedForWithThePassword() {
        Session session = session("v7");
        assertThat(session.wanted(NOW)).isTrue();

        assertThat(session.request().form()).startsWith("grant_type=password&username=BACKUP%5Creader&password=");
        assertThat(session.accept(200, PAIR, NOW)).isEqualTo(Login.LOGGED_IN);

        assertThat(session.wanted(NOW)).isFalse();
        assertThat(session.token().value()).isEqualTo("token-1");
        assertThat(session.token().version()).isEqualTo(ApiVersion.V7);
    }

    @Test
    void theNextTokenIsAskedForWithTheRefreshTokenAndBringsTheOneAfter() {
        Session session = loggedIn();
        assertThat(session.wanted(HOUR_LATER)).isTrue();

        assertThat(session.request().form()).startsWith("grant_type=refresh_token&refresh_token=refresh-1");
        var second = Map.of("access_token", "token-2", "refresh_token", "refresh-2", "expires_in", 3600);
        assertThat(session.accept(200, second, HOUR_LATER)).isEqualTo(Login.REFRESHED);

        assertThat(session.token().value()).isEqualTo("token-2");
        assertThat(session.request().form()).contains("refresh-2");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 500, 503})
    void aRefusedRefreshTokenIsFollowedByThePassword(int status) {
        Session session = loggedIn();
        session.request();

        assertThat(session.accept(status, Map.of(), HOUR_LATER)).isEqualTo(Login.REFRESH_REFUSED);

        assertThat(session.wanted(HOUR_LATER)).isTrue();
        assertThat(session.request().form()).startsWith("grant_type=password");
        assertThat(session.accept(200, PAIR, HOUR_LATER)).isEqualTo(Login.LOGGED_IN);
    }

    @Test
    void aRefreshThatBroughtNoTokenIsNotTriedAgain() {
        Session session = loggedIn();
        session.request();

        assertThatThrownBy(() -> session.accept(200, Map.of("message", "hello"), HOUR_LATER))
                .isInstanceOf(LoginException.class);

        assertThat(session.wanted(HOUR_LATER)).isTrue();
        assertThat(session.request().form()).startsWith("grant_type=password");
    }

    @Test
    void aRefreshThatWasNeverAnsweredIsNotTriedAgain() {
        Session session = loggedIn();
        session.request();

        assertThat(session.request().form()).startsWith("grant_type=password");
    }

    @Test
    void whereTheServerGivesNoRefreshTokenThePasswordIsUsedAgain() {
        Session session = session("v1");
        session.request();
        session.accept(200, Map.of("access_token", "AQAAANCMnd8", "expires_in", 3600), NOW);

        assertThat(session.request().form()).startsWith("grant_type=password");
        assertThat(session.accept(200, PAIR, HOUR_LATER)).isEqualTo(Login.LOGGED_IN);
    }

    @Test
    void versionsAreTriedFromTheNewestDownWhileTheServerDoesNotKnowThem() {
        Session session = session("auto");
        var paths = new ArrayList<String>();
        int status = 404;
        while (status == 404) {
            TokenRequest request = session.request();
            paths.add(request.version().tokenPath());
            status = request.version() == ApiVersion.V5 ? 200 : 404;
            session.accept(status, status == 200 ? PAIR : Map.of(), NOW);
        }

        assertThat(paths).containsExactly("/v8/token", "/v7/token", "/v6/token", "/v5/token");
        assertThat(session.token().version()).isEqualTo(ApiVersion.V5);
        assertThat(session.request().version()).isEqualTo(ApiVersion.V5);
    }

    @Test
    void aServerThatKnowsNoVersionIsSaidAndTriedFromTheNewestAgain() {
        Session session = session("auto");
        for (int tried = 1; tried < 8; tried++) {
            session.request();
            assertThat(session.accept(404, Map.of(), NOW)).isEqualTo(Login.VERSION_UNKNOWN);
        }
        session.request();

        assertThatThrownBy(() -> session.accept(404, Map.of(), NOW))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("https://vb365.example.com:4443")
                .hasMessageContaining("source.east.url")
                .hasMessageContaining("source.east.api-version");
        assertThat(session.request().version()).isEqualTo(ApiVersion.V8);
    }

    @Test
    void aVersionThatTheOperatorChoseIsTheOnlyOneTried() {
        Session session = session("v8");
        session.request();

        assertThatThrownBy(() -> session.accept(404, Map.of(), NOW)).isInstanceOf(LoginException.class);
    }

    @ParameterizedTest
    @CsvSource({"400, credentials refused", "401, credentials refused", "403, status 403", "500, status 500"})
    void aRefusalSaysWhereToLookAndHoldsNoSecret(int status, String said) {
        Session session = session("v8");
        session.request();

        assertThatThrownBy(() -> session.accept(status, Map.of("error_description", "pa55 is wrong"), NOW))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("pa55");
        assertThat(session.wanted(NOW)).isTrue();
    }

    @Test
    void refusedCredentialsNameBothSettings() {
        Session session = session("v8");
        session.request();

        assertThatThrownBy(() -> session.accept(400, Map.of(), NOW))
                .hasMessage("credentials refused (status 400): check source.east.username and source.east.password");
    }

    @Test
    void aTokenThatTheServerRejectsIsForgottenOnceAndNotTheOneAfterIt() {
        Session session = loggedIn();

        session.reject("Bearer token-0");
        assertThat(session.wanted(NOW)).isFalse();
        session.reject("Bearer token-1");

        assertThat(session.wanted(NOW)).isTrue();
        assertThat(session.request().form()).contains("refresh-1");
    }

    @ParameterizedTest
    @CsvSource({"'pa55 w0rd'", "'pa55 w0rd\n'", "'pa55 w0rd\r\n'"})
    void thePasswordMayStandInAFileWithOrWithoutAnEndOfLine(String content) throws IOException {
        Session session = withPasswordFile(Files.writeString(directory.resolve("password"), content));

        assertThat(session.request().form()).contains("&password=pa55+w0rd&");
    }

    @Test
    void aPasswordFileIsReadForEachLoginSoThatAPasswordCanBeChanged() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "old");
        Session session = withPasswordFile(file);
        assertThat(session.request().form()).contains("&password=old&");

        Files.writeString(file, "new");

        assertThat(session.request().form()).contains("&password=new&");
    }

    @Test
    void aPasswordFileThatIsGoneIsNamed() {
        Session session = withPasswordFile(directory.resolve("gone"));

        assertThatThrownBy(session::request)
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("source.east.password-file")
                .hasMessageContaining("gone");
    }

    private static Session loggedIn() {
        Session session = session("v7");
        session.request();
        session.accept(200, PAIR, NOW);
        return session;
    }

    private static Session session(String apiVersion) {
        return session(apiVersion, Optional.of("pa55"), Optional.empty());
    }

    private static Session withPasswordFile(Path file) {
        return session("v8", Optional.empty(), Optional.of(file));
    }

    private static Session session(String apiVersion, Optional<String> password, Optional<Path> passwordFile) {
        return new Session(new Source(
                "east",
                URI.create("https://vb365.example.com:4443"),
                apiVersion,
                "BACKUP\\reader",
                password,
                passwordFile,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                4));
    }
}
