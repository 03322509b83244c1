package org.jobtrail.authenticate;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jobtrail.fetch.ApiVersion;

/** A form for the token endpoint. Holds a secret: it has no text form. */
record TokenRequest(ApiVersion version, String form) {

    static TokenRequest password(ApiVersion version, String username, String password) {
        return new TokenRequest(
                version,
                "grant_type=password&username=" + encode(username) + "&password=" + encode(password)
                        + antiforgery(version));
    }

    static TokenRequest refresh(ApiVersion version, String refreshToken) {
        return new TokenRequest(
                version, "grant_type=refresh_token&refresh_token=" + encode(refreshToken) + antiforgery(version));
    }

    private static String antiforgery(ApiVersion version) {
        return version.hasAntiforgeryToken() ? "&disable_antiforgery_token=true" : "";
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "token request of " + version;
    }
}
