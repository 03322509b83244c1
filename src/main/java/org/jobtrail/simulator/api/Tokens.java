package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V6;
import static org.jobtrail.simulator.api.ApiVersion.V7;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jobtrail.simulator.fault.Fault;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;

/**
 * Signs clients in. The tokens are the only thing that the simulator remembers, and a restart forgets them, as a restart of
 * the real service may: clients have to live with it. Safe for any number of threads.
 */
public final class Tokens {
    // The real life time is not documented for this product; its sister product has two weeks.
    private static final Duration REFRESH_LIFETIME = Duration.ofDays(14);

    private final String username;
    private final String password;
    private final Duration lifetime;
    private final Clock clock;
    private final Faults faults;
    private final Moments moments;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Access> accessTokens = new ConcurrentHashMap<>();
    private final Map<String, Instant> refreshTokens = new ConcurrentHashMap<>();
    private final AtomicLong logins = new AtomicLong();
    private final AtomicLong refreshes = new AtomicLong();

    public Tokens(String username, String password, Duration lifetime, Clock clock, Faults faults) {
        this.username = username;
        this.password = password;
        this.lifetime = lifetime;
        this.clock = clock;
        this.faults = faults;
        this.moments = new Moments(faults::clockSkew);
    }

    /** How often somebody tried to sign in with a password. */
    public long logins() {
        return logins.get();
    }

    /** How often somebody tried to get a new pair for a refresh token. */
    public long refreshes() {
        return refreshes.get();
    }

    boolean accept(Request request, ApiVersion version) {
        String token = request.bearerToken().orElse("");
        Access access = accessTokens.get(token);
        if (access == null || !valid(access.expiry())) {
            return false;
        }
        if (version.since(V7) && !access.withoutAntiforgery() && faults.isOrdered(Fault.ANTIFORGERY_REQUIRED)) {
            faults.happens(Fault.ANTIFORGERY_REQUIRED);
            return false;
        }
        return !(isWornOut(access) || isLaterPage(request) && faults.strikes(Fault.TOKEN_EXPIRES_BETWEEN_PAGES))
                || forget(token);
    }

    private boolean isWornOut(Access access) {
        boolean wornOut = access.calls().incrementAndGet()
                > faults.number(Fault.TOKEN_EXPIRES).orElse(Long.MAX_VALUE);
        if (wornOut) {
            faults.happens(Fault.TOKEN_EXPIRES);
        }
        return wornOut;
    }

    private static boolean isLaterPage(Request request) {
        return Page.of(request).filter(page -> !page.isFirst()).isPresent();
    }

    private boolean forget(String token) {
        accessTokens.remove(token);
        return false;
    }

    Answer answer(Map<String, String> form, ApiVersion version) {
        return switch (form.getOrDefault("grant_type", "")) {
            case "password" -> signIn(form, version);
            case "refresh_token" -> refresh(form, version);
            default -> refused(version, "unsupported_grant_type", "The grant type must be password or refresh_token.");
        };
    }

    private Answer signIn(Map<String, String> form, ApiVersion version) {
        logins.incrementAndGet();
        boolean known = form.getOrDefault("username", "").equals(username);
        return known & sameSecret(form.getOrDefault("password", "")) && !faults.strikes(Fault.LOGIN_REFUSED)
                ? issue(form)
                : refused(version, "invalid_grant", "The user name or password is incorrect.");
    }

    /** A refresh token dies on its first use, so a client that keeps an old one notices here. */
    private Answer refresh(Map<String, String> form, ApiVersion version) {
        refreshes.incrementAndGet();
        Instant expiry = refreshTokens.remove(form.getOrDefault("refresh_token", ""));
        return expiry != null && valid(expiry) && !faults.strikes(Fault.REFRESH_REFUSED)
                ? issue(form)
                : refused(version, "invalid_grant", "The refresh token is unknown, used or expired.");
    }

    private Answer issue(Map<String, String> form) {
        Instant now = clock.instant();
        accessTokens.values().removeIf(token -> !token.expiry().isAfter(now));
        refreshTokens.values().removeIf(expiry -> !expiry.isAfter(now));

        String access = opaque();
        String refresh = opaque();
        Instant expiry = now.plus(lifetime);
        boolean withoutAntiforgery =
                form.getOrDefault("disable_antiforgery_token", "").equalsIgnoreCase("true");
        accessTokens.put(access, new Access(expiry, withoutAntiforgery, new AtomicLong()));
        refreshTokens.put(refresh, now.plus(REFRESH_LIFETIME));
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeStringField("access_token", access);
            json.writeStringField("token_type", "bearer");
            json.writeNumberField("expires_in", lifetime.toSeconds());
            json.writeStringField("refresh_token", refresh);
            json.writeStringField("userName", username);
            json.writeStringField(".issued", moments.text(now));
            json.writeStringField(".expires", moments.text(expiry));
            json.writeEndObject();
        });
    }

    private boolean valid(Instant expiry) {
        return clock.instant().isBefore(expiry);
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

    /** In the words of OAuth up to v5; the schemas from v6 on know one kind of failure only. */
    private static Answer refused(ApiVersion version, String error, String description) {
        if (version.since(V6)) {
            return version.error(400, description, "ResourceAccessDenied");
        }
        return Answer.json(400, json -> {
            json.writeStartObject();
            json.writeStringField("error", error);
            json.writeStringField("error_description", description);
            json.writeEndObject();
        });
    }

    private record Access(Instant expiry, boolean withoutAntiforgery, AtomicLong calls) {}
}
