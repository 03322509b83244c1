package org.jobtrail.failure;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.utils.DateUtils;

/** How long a busy server asks to be left alone: for so many seconds, or until a moment. What makes no sense is not there. */
public final class RetryAfter {

    private static final Duration ABSURD = Duration.ofDays(1);

    private final Duration wait;
    private final Instant until;

    private RetryAfter(Duration wait, Instant until) {
        this.wait = wait;
        this.until = until;
    }

    public static Optional<RetryAfter> of(Map<String, String> headers) {
        String asked = header(headers, "Retry-After");
        if (asked.matches("\\d{1,9}")) {
            return sensible(Duration.ofSeconds(Long.parseLong(asked)));
        }
        Instant until = DateUtils.parseStandardDate(asked);
        if (until == null) {
            return Optional.empty();
        }
        // By its own clock, which may be off, where it tells the time.
        Instant now = DateUtils.parseStandardDate(header(headers, "Date"));
        return now == null ? Optional.of(new RetryAfter(null, until)) : sensible(Duration.between(now, until));
    }

    /** The answers of a server that is having a moment. */
    public static boolean isBusy(int status) {
        return status == 429 || status >= 500;
    }

    /** Empty where the moment has passed, or makes no sense. */
    public Optional<Duration> from(Instant now) {
        Duration left = wait != null ? wait : Duration.between(now, until);
        return left.isNegative() || left.isZero() || left.compareTo(ABSURD) > 0 ? Optional.empty() : Optional.of(left);
    }

    private static Optional<RetryAfter> sensible(Duration wait) {
        return new RetryAfter(wait, null).from(null).map(sensible -> new RetryAfter(sensible, null));
    }

    private static String header(Map<String, String> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name) && header.getValue() != null)
                .map(header -> header.getValue().strip())
                .findFirst()
                .orElse("");
    }

    @Override
    public String toString() {
        return wait != null ? "to wait %d s".formatted(wait.toSeconds()) : "to wait until %s".formatted(until);
    }
}
