package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jobtrail.veeam.ServiceInstance;

/** When each source was last read completely: data that nobody refreshed is no data. Thread-safe. */
public final class PollHealth {

    /** @param took how long a complete poll took: attempts at a server that hangs are long, and would put off when it is down */
    private record Polled(Instant lastComplete, Duration took, String outcome, String reason) {}

    /**
     * What could not be recorded last.
     *
     * @param begun whether the attempt had its number: then only a receipt shows that it can be again
     * @param refused by a database that answers
     */
    private record Unrecorded(String reason, boolean begun, boolean refused, Instant since) {}

    private record Spoken(String apiVersion, ServiceInstance instance) {}

    private final Map<String, Polled> sources = new ConcurrentHashMap<>();
    private final Map<String, Spoken> servers = new ConcurrentHashMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final Map<String, Unrecorded> unrecorded = new ConcurrentHashMap<>();
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
            unrecorded.computeIfPresent(
                    source, (name, before) -> isCompleteSince(name, before.since()) ? null : before);
        }
    }

    /** What other instances recorded since shows that it can be; not what the database keeps of before. */
    private boolean isCompleteSince(String source, Instant moment) {
        return lastComplete(source).filter(last -> last.isAfter(moment)).isPresent();
    }

    /** Takes note that no attempt got its number; {@code refused}: the database answers, and takes no writes. */
    public void notBegun(String source, String reason, boolean refused) {
        unrecorded.put(source, new Unrecorded(reason, false, refused, clock.instant()));
    }

    /** Takes note that what an attempt saw is told by no receipt. */
    public void notReceived(String source, String reason, boolean refused) {
        unrecorded.put(source, new Unrecorded(reason, true, refused, clock.instant()));
    }

    /** An attempt got its number, from this instance or from another one. */
    public void begun(String source) {
        unrecorded.computeIfPresent(source, (name, before) -> before.begun() ? before : null);
    }

    /** A receipt was written. */
    public void received(String source) {
        unrecorded.remove(source);
    }

    /** Why the database takes no writes, by the last who tried to: a disk that is full is met by nobody who only looks. */
    Optional<String> refusedByDatabase() {
        return new TreeMap<>(unrecorded)
                .entrySet().stream()
                        .filter(source -> source.getValue().refused())
                        .map(source -> "source %s: %s"
                                .formatted(source.getKey(), source.getValue().reason()))
                        .findFirst();
    }

    /** One that is still to come is of a clock that was ahead: of it, only what was known before is believed. */
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

    /** Takes note of who answers. */
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
        Optional<Unrecorded> lost = Optional.ofNullable(unrecorded.get(source));
        data.put(
                "lastOutcome",
                lost.map(any -> "not recorded")
                        .or(() -> polled.map(Polled::outcome))
                        .orElse("not polled yet"));
        lost.map(Unrecorded::reason)
                .or(() -> Optional.ofNullable(refusal))
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
