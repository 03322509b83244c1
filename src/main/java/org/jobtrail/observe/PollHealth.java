package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jobtrail.veeam.ServiceInstance;

/** When each source was last read completely: data that nobody refreshed is no data. Thread-safe. */
public final class PollHealth {

    /** @param took how long a complete poll took: attempts at a server that hangs are long, and would put off when it is down */
    private record Polled(Instant lastComplete, Duration took, String outcome, String reason) {}

    /**
     * What could not be recorded last.
     *
     * @param begun whether the attempt had its number: then only a receipt is news of the source
     */
    private record Unrecorded(String reason, boolean begun, Instant since) {}

    /** The last write that a full or failing disk refused: it is one of all sources, and so is any write that succeeds since. */
    private record Refused(String reason, Instant since) {}

    /** How the last cycle went that instances shared, and when that was told. */
    private record Told(Duration took, String outcome, String reason, Instant at) {

        boolean isOfTheSame(Told other) {
            return took.equals(other.took())
                    && outcome.equals(other.outcome())
                    && Objects.equals(reason, other.reason());
        }
    }

    private record Spoken(String apiVersion, ServiceInstance instance) {}

    private final Map<String, Polled> sources = new ConcurrentHashMap<>();
    private final Map<String, Spoken> servers = new ConcurrentHashMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final Map<String, Unrecorded> unrecorded = new ConcurrentHashMap<>();
    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final AtomicReference<Refused> refused = new AtomicReference<>();
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
        }
        // What other instances recorded since shows that it can be; not what the database keeps of before.
        Instant now = clock.instant();
        if (lastComplete != null && !lastComplete.isNegative()) {
            receiptsAfter(source, now.minus(lastComplete));
        }
        var last = new Told(took, outcome, reason, now);
        Told before = told.put(source, last);
        if (before != null && !before.isOfTheSame(last)) {
            // When it ended is not told; that it is another one is.
            receiptsAfter(source, before.at());
        }
    }

    /** A receipt was written at that moment or later, by whichever instance. */
    private void receiptsAfter(String source, Instant moment) {
        unrecorded.computeIfPresent(source, (name, before) -> before.since().isBefore(moment) ? null : before);
        writesAfter(moment);
    }

    private void writesAfter(Instant moment) {
        refused.updateAndGet(before -> before == null || before.since().isBefore(moment) ? null : before);
    }

    /** Takes note that no attempt got its number; {@code noSpace}: the disk of the database is full, or fails. */
    public void notBegun(String source, String reason, boolean noSpace) {
        lost(source, new Unrecorded(reason, false, clock.instant()), noSpace);
    }

    /** Takes note that what an attempt saw is told by no receipt. */
    public void notReceived(String source, String reason, boolean noSpace) {
        lost(source, new Unrecorded(reason, true, clock.instant()), noSpace);
    }

    private void lost(String source, Unrecorded what, boolean noSpace) {
        unrecorded.put(source, what);
        if (noSpace) {
            refused.set(new Refused("source %s: %s".formatted(source, what.reason()), what.since()));
        }
    }

    /** An attempt got its number. */
    public void begun(String source) {
        attempted(source);
        refused.set(null);
    }

    /** Another instance has begun an attempt, so long {@code ago}; null where that is not told. To learn of it takes no write. */
    public void begunElsewhere(String source, Duration ago) {
        attempted(source);
        if (ago != null) {
            writesAfter(clock.instant().minus(ago));
        }
    }

    private void attempted(String source) {
        unrecorded.computeIfPresent(source, (name, before) -> before.begun() ? before : null);
    }

    /** A receipt was written. */
    public void received(String source) {
        unrecorded.remove(source);
        refused.set(null);
    }

    /** Why the database takes no writes, by the last who tried to: a disk that is full is met by nobody who only looks. */
    Optional<String> refusedByDatabase() {
        return Optional.ofNullable(refused.get()).map(Refused::reason);
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
