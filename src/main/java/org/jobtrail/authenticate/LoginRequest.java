package org.jobtrail.authenticate;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jobtrail.veeam.ApiVersion;

/** What a login asks next; {@code form} is for the token endpoint alone. Holds secrets: its text form tells none of them. */
record LoginRequest(Purpose purpose, ApiVersion version, String authorization, String form) {

    /** What an answer tells. */
    enum Purpose {
        /** Whether the server speaks a version: told by whether it minds that nobody has logged in. */
        VERSION,
        PASSWORD,
        REFRESH,
        /** Which installation it is. */
        INSTANCE,
        /** Whether a token that was refused by one list is dead for all. */
        LIFE,
        /** Whether the server tells that to anybody: then it says nothing of a token. */
        ANYBODY
    }

    static LoginRequest version(ApiVersion version) {
        return new LoginRequest(Purpose.VERSION, version, null, null);
    }

    static LoginRequest instance(AccessToken token) {
        return new LoginRequest(Purpose.INSTANCE, token.version(), token.authorization(), null);
    }

    static LoginRequest life(AccessToken token) {
        return new LoginRequest(Purpose.LIFE, token.version(), token.authorization(), null);
    }

    static LoginRequest anybody(ApiVersion version) {
        return new LoginRequest(Purpose.ANYBODY, version, null, null);
    }

    static LoginRequest password(ApiVersion version, Credentials.Pair pair) {
        return new LoginRequest(
                Purpose.PASSWORD,
                version,
                null,
                "grant_type=password&username=" + encode(pair.username()) + "&password=" + encode(pair.password())
                        + antiforgery(version));
    }

    static LoginRequest refresh(ApiVersion version, String refreshToken) {
        return new LoginRequest(
                Purpose.REFRESH,
                version,
                null,
                "grant_type=refresh_token&refresh_token=" + encode(refreshToken) + antiforgery(version));
    }

    boolean forToken() {
        return form != null;
    }

    String path() {
        if (forToken()) {
            return version.tokenPath();
        }
        boolean older = (purpose == Purpose.LIFE || purpose == Purpose.ANYBODY) && !version.hasServiceInstance();
        return older ? version.organizationsPath() : version.serviceInstancePath();
    }

    /** True where a login goes on without an answer. */
    boolean optional() {
        return purpose != Purpose.VERSION && purpose != Purpose.PASSWORD;
    }

    private static String antiforgery(ApiVersion version) {
        return version.hasAntiforgeryToken() ? "&disable_antiforgery_token=true" : "";
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return purpose.name().toLowerCase(Locale.ROOT) + " " + version;
    }
}
