package org.jobtrail.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signs clients in. The tokens are the only thing that the simulator remembers, and a restart forgets them, as a restart of
 * the real service may: clients have to live with it. Safe for any number of threads.
 */
final class Tokens {
    // The real life time is not documented for this product; its sister product has two weeks.
    private static final Duration REFRESH_LIFETIME = Duration.ofDays(14);

    private final String username;
    private final String password;
    private final Duration lifetime;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Instant> accessTokens = new ConcurrentHashMap<>();
    private final Map<String, Instant> refreshTokens = new ConcurrentHashMap<>();

    Tokens(String username, String password, Duration lifetime, Clock clock) {
        this.username = username;
        this.password = password;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    boolean accept(String accessToken) {
        return valid(accessTokens.get(accessToken));
    }

    Answer answer(Map<String, String> form) {
        return switch (form.getOrDefault("grant_type", "")) {
            case "password" -> signIn(form.getOrDefault("username", ""), form.getOrDefault("password", ""));
            case "refresh_token" -> refresh(form.getOrDefault("refresh_token", ""));
            default -> refused("unsupported_grant_type", "The grant type must be password or refresh_token.");
        };
    }

    private Answer signIn(String name, String secret) {
        boolean known = name.equals(username);
        return known & sameSecret(secret)
                ? issue()
                : refused("invalid_grant", "The user name or password is incorrect.");
    }

    /** A refresh token dies on its first use, so a client that keeps an old one notices here. */
    private Answer refresh(String refreshToken) {
        return valid(refreshTokens.remove(refreshToken))
                ? issue()
                : refused("invalid_grant", "The refresh token is unknown, used or expired.");
    }

    private Answer issue() {
        Instant now = clock.instant();
        accessTokens.values().removeIf(expiry -> !expiry.isAfter(now));
        refreshTokens.values().removeIf(expiry -> !expiry.isAfter(now));

        String access = opaque();
        String refresh = opaque();
        Instant expiry = now.plus(lifetime);
        accessTokens.put(access, expiry);
        refreshTokens.put(refresh, now.plus(REFRESH_LIFETIME));
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeStringField("access_token", access);
            json.writeStringField("token_type", "bearer");
            json.writeNumberField("expires_in", lifetime.toSeconds());
            json.writeStringField("refresh_token", refresh);
            json.writeStringField("userName", username);
            json.writeStringField(".issued", Ticks.text(now));
            json.writeStringField(".expires", Ticks.text(expiry));
            json.writeEndObject();
        });
    }

    private boolean valid(Instant expiry) {
        return expiry != null && clock.instant().isBefore(expiry);
    }

    private boolean sameSecret(String secret) {
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    private String opaque() {
        byte[] bytes = new byte[48];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Answer refused(String error, String description) {
        return Answer.json(400, json -> {
            json.writeStartObject();
            json.writeStringField("error", error);
            json.writeStringField("error_description", description);
            json.writeEndObject();
        });
    }
}
