package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each source was last read completely: data that nobody refreshed is no data. Thread-safe. */
public final class PollHealth {

    private record Polled(Instant lastComplete, Duration took, String outcome, String reason) {}

    private final Map<String, Polled> sources = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Instant started;
    private final Duration period;
    private final Duration deadline;

    public PollHealth(Clock clock, Duration period, Duration deadline) {
        this.clock = clock;
        this.started = clock.instant();
        this.period = period;
        this.deadline = deadline;
    }

    /** Takes note of an attempt; {@code reason} is why it was not complete. */
    public void polled(String source, boolean complete, Duration took, String outcome, String reason) {
        sources.compute(
                source,
                (name, before) -> new Polled(
                        complete ? clock.instant() : before == null ? null : before.lastComplete(),
                        took,
                        outcome,
                        reason));
    }

    Health.Check check(String source) {
        var polled = Optional.ofNullable(sources.get(source));
        Optional<Duration> age = age(source);
        Duration stale = staleAfter(polled.map(Polled::took).orElse(Duration.ZERO));
        boolean up =
                age.orElseGet(() -> Duration.between(started, clock.instant())).compareTo(stale) <= 0;
        var data = new LinkedHashMap<String, Object>();
        data.put("lastCompletePollSecondsAgo", age.map(Duration::toSeconds).orElse(null));
        data.put("staleAfterSeconds", stale.toSeconds());
        data.put("lastOutcome", polled.map(Polled::outcome).orElse("not polled yet"));
        polled.map(Polled::reason).ifPresent(reason -> data.put("reason", reason));
        return new Health.Check("source " + source, up, data);
    }

    /** Stale is what three polls in a row did not refresh: polls as long as they take. */
    private Duration staleAfter(Duration took) {
        return (took.compareTo(period) > 0 ? took : period).multipliedBy(3).plus(deadline);
    }

    Optional<Duration> age(String source) {
        return Optional.ofNullable(sources.get(source))
                .map(Polled::lastComplete)
                .map(moment -> Duration.between(moment, clock.instant()));
    }
}
