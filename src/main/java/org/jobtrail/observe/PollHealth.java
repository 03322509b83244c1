package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jobtrail.veeam.ServiceInstance;

/** When each source was last read completely: data that nobody refreshed is no data. Thread-safe. */
public final class PollHealth {

    /** @param took how long a complete poll took: attempts at a server that hangs are long, and would put off when it is down */
    private record Polled(Instant lastComplete, Duration took, String outcome, String reason) {}

    private record Spoken(String apiVersion, ServiceInstance instance) {}

    private final Map<String, Polled> sources = new ConcurrentHashMap<>();
    private final Map<String, Spoken> servers = new ConcurrentHashMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final RecordingHealth recording;
    private final Clock clock;
    private final Instant started;
    private final Duration period;
    private final Duration deadline;

    public PollHealth(Clock clock, Duration period, Duration deadline) {
        this.recording = new RecordingHealth(clock);
        this.clock = clock;
        this.started = clock.instant();
        this.period = period;
        this.deadline = deadline;
    }

    /** What could not be recorded of the sources. */
    public RecordingHealth recording() {
        return recording;
    }

    /** Takes note of an attempt; {@code reason} is why it was not complete. */
    public void polled(String source, Duration took, String outcome, String reason) {
        boolean complete = isComplete(outcome);
        sources.compute(
                source,
                (name, before) -> new Polled(
                        complete ? clock.instant() : before == null ? null : before.lastComplete(),
                        complete ? took : completeTook(before),
                        outcome,
                        reason));
    }

    /** Takes note of what instances together last did; {@code lastComplete} is null where nothing was ever complete. */
    public void told(String source, Duration lastComplete, Duration took, String outcome, String reason) {
        boolean complete = isComplete(outcome);
        sources.compute(
                source,
                (name, before) -> new Polled(
                        moment(lastComplete, complete ? null : before),
                        complete ? took : completeTook(before),
                        outcome,
                        reason));
        if (complete) {
            // The account was good for another instance since.
            credentialsAccepted(source);
        }
        recording.told(source, lastComplete, took, outcome, reason);
    }

    /** A moment that is still to come was told by a clock that was ahead: then only what was known before is believed. */
    private Instant moment(Duration ago, Polled before) {
        if (ago == null) {
            return null;
        }
        Instant now = clock.instant();
        if (!ago.isNegative()) {
            return now.minus(ago);
        }
        return before == null || before.lastComplete() == null ? now : before.lastComplete();
    }

    /** Takes note of the server that answers. */
    public void speaks(String source, String apiVersion, ServiceInstance instance) {
        servers.put(source, new Spoken(apiVersion, instance));
    }

    /** Takes note of what only the operator can mend: the source is down at once, though its data is not stale yet. */
    public void credentialsRefused(String source, String reason) {
        refusals.put(source, reason);
    }

    public void credentialsAccepted(String source) {
        refusals.remove(source);
    }

    Health.Check check(String source) {
        var polled = Optional.ofNullable(sources.get(source));
        Optional<Duration> age = age(source);
        Duration stale = staleAfter(polled.map(Polled::took).orElse(Duration.ZERO));
        String refusal = refusals.get(source);
        boolean up = refusal == null && unread(source).compareTo(stale) <= 0;
        var data = new LinkedHashMap<String, Object>();
        data.put("lastCompletePollSecondsAgo", age.map(Duration::toSeconds).orElse(null));
        data.put("staleAfterSeconds", stale.toSeconds());
        // What was before is no news where nothing was recorded since.
        Optional<String> lost = recording.problem(source);
        data.put(
                "lastOutcome",
                lost.map(any -> "not recorded")
                        .or(() -> polled.map(Polled::outcome))
                        .orElse("not polled yet"));
        lost.or(() -> Optional.ofNullable(refusal))
                .or(() -> polled.map(Polled::reason))
                .ifPresent(reason -> data.put("reason", reason));
        Optional.ofNullable(servers.get(source)).ifPresent(server -> {
            data.put("apiVersion", server.apiVersion());
            data.put("productVersion", server.instance().productVersion());
            data.put("installationId", server.instance().installationId());
        });
        return new Health.Check("source " + source, up, data);
    }

    private static boolean isComplete(String outcome) {
        return outcome.equals("COMPLETE");
    }

    private static Duration completeTook(Polled before) {
        return before == null ? Duration.ZERO : before.took();
    }

    /** Stale is what three polls in a row did not refresh: polls as long as a complete one takes. */
    private Duration staleAfter(Duration took) {
        return (took.compareTo(period) > 0 ? took : period).multipliedBy(3).plus(deadline);
    }

    /** For how long nobody has read it completely, as far as this program knows. */
    Duration unread(String source) {
        return age(source).orElseGet(() -> Duration.between(started, clock.instant()));
    }

    private Optional<Duration> age(String source) {
        return lastComplete(source).map(moment -> Duration.between(moment, clock.instant()));
    }

    private Optional<Instant> lastComplete(String source) {
        return Optional.ofNullable(sources.get(source)).map(Polled::lastComplete);
    }
}
