package org.jobtrail.record;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The right to record an organization's next poll: good until somebody else claims. */
public record Claim(
        long number,
        String observedAt,
        boolean firstPoll,
        Optional<String> suspectDigest,
        Optional<Instant> suspectSince,
        Optional<String> acceptedDigest) {

    static Claim of(Map<?, ?> row) {
        return new Claim(
                ((Number) row.get("claimed_poll")).longValue(),
                (String) row.get("observed_at"),
                (Boolean) row.get("first_poll"),
                Optional.ofNullable((String) row.get("suspect_digest")),
                Optional.ofNullable((String) row.get("suspect_since")).map(Instant::parse),
                Optional.ofNullable((String) row.get("accepted_digest")));
    }

    /** In the form that the statements take. */
    static String patience(Duration patience) {
        return patience.toMillis() + " milliseconds";
    }

    Instant observed() {
        return Instant.parse(observedAt);
    }
}
