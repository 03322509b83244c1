package org.jobtrail.authenticate;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jobtrail.veeam.ApiVersion;

/**
 * A bearer token and what is known of its life. Where the server does not say when it expires, it is used until a 401, but no longer than
 * any other: a lifetime that makes no sense must not become a refresh in a loop.
 */
record AccessToken(String value, String refreshToken, Instant renewAt, ApiVersion version) {

    /** With a login, the server is asked which version of the API it speaks by now. */
    private static final Duration LONGEST = Duration.ofDays(1);

    static AccessToken of(Map<?, ?> body, ApiVersion version, Instant now) {
        String value = text(body.get("access_token"));
        if (value == null) {
            throw new LoginException("the server answered the login without an access_token");
        }
        if (!value.matches("[\\x20-\\x7E]+")) {
            throw new LoginException("the access_token holds a character that may not stand in a header");
        }
        return new AccessToken(value, text(body.get("refresh_token")), renewAt(body.get("expires_in"), now), version);
    }

    boolean usable(Instant now) {
        return now.isBefore(renewAt);
    }

    String authorization() {
        return "Bearer " + value;
    }

    /** A tenth of its life before it ends, so that no list is begun with a token that dies on the way. */
    private static Instant renewAt(Object expiresIn, Instant now) {
        long seconds = 0;
        if (expiresIn instanceof Number number) {
            // Not longValue: of an absurd number it would keep the last digits.
            seconds = (long) number.doubleValue();
        } else if (expiresIn instanceof String text && text.matches("\\d{1,12}")) {
            seconds = Long.parseLong(text);
        }
        return now.plusMillis(seconds > 0 && seconds <= LONGEST.toSeconds() ? seconds * 900 : LONGEST.toMillis());
    }

    private static String text(Object value) {
        return value instanceof String text && !text.isBlank() ? text : null;
    }

    @Override
    public String toString() {
        return "access token of %s until %s".formatted(version, renewAt);
    }
}
