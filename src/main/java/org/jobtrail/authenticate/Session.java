package org.jobtrail.authenticate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.settings.Settings.Source;

/** The login at one source: the newest token, or what to try for one. Guarded by its own monitor. */
final class Session {

    private final Source source;
    private final List<ApiVersion> candidates;
    private int candidate;
    private ApiVersion spoken;
    private AccessToken token;
    private String refreshToken;
    private boolean refreshing;

    Session(Source source) {
        this.source = source;
        this.candidates = ApiVersion.candidates(source.apiVersion());
    }

    synchronized boolean wanted(Instant now) {
        return token == null || !token.usable(now);
    }

    synchronized AccessToken token() {
        return token;
    }

    synchronized void reject(String authorization) {
        if (token != null && authorization.equals("Bearer " + token.value())) {
            token = null;
        }
    }

    synchronized TokenRequest request() {
        // A refresh token may be used once: whatever comes of it, the password is asked for next.
        String once = refreshToken;
        refreshToken = null;
        refreshing = once != null;
        return refreshing
                ? TokenRequest.refresh(spoken, once)
                : TokenRequest.password(candidates.get(candidate), source.username(), password());
    }

    /** Takes the server's answer. Afterwards either a token is there, or another request is worth a try, or this throws. */
    synchronized Login accept(int status, Map<?, ?> body, Instant now) {
        if (status == 200) {
            ApiVersion version = refreshing ? spoken : candidates.get(candidate);
            token = AccessToken.of(body, version, now);
            spoken = version;
            // The next login asks from the newest on: the server may have been upgraded.
            candidate = 0;
            refreshToken = token.refreshToken();
            return refreshing ? Login.REFRESHED : Login.LOGGED_IN;
        }
        token = null;
        if (refreshing) {
            return Login.REFRESH_REFUSED;
        }
        if (status == 404 && candidate + 1 < candidates.size()) {
            candidate++;
            return Login.VERSION_UNKNOWN;
        }
        candidate = 0;
        throw new LoginException(problem(status));
    }

    private String problem(int status) {
        String setting = "source." + source.name();
        return switch (status) {
            case 400, 401 ->
                "credentials refused (status %d): check %s.username and %s.password"
                        .formatted(status, setting, setting);
            case 404 ->
                "no version of the API answers at %s: check %s.url and %s.api-version, and that the REST service is enabled"
                        .formatted(source.url(), setting, setting);
            default -> "the login at %s was answered with status %d".formatted(source.url(), status);
        };
    }

    private String password() {
        return source.password().orElseGet(() -> {
            Path file = source.passwordFile().orElseThrow();
            try {
                return Files.readString(file).replaceAll("\\R$", "");
            } catch (java.io.IOException e) {
                throw new LoginException("source.%s.password-file %s cannot be read: %s"
                        .formatted(source.name(), file, e.getClass().getSimpleName()));
            }
        });
    }
}
