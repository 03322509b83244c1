package org.jobtrail.simulator.world;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * The runs of one job: one per period, each with its own start, duration and result. A run that would start while the job
 * is disabled does not take place; one that is under way then comes to its end.
 */
final class Runs implements RunSequence {
    static final Duration SHORTEST_PERIOD = Duration.ofSeconds(60);
    static final Duration LONGEST_PERIOD = Duration.ofSeconds(180);

    private final Dice dice;
    private final LongPredicate disabledAt;
    private final long period;
    private final long first;
    private final long granule;

    Runs(Dice dice, long created, double pace, LongPredicate disabledAt) {
        this.dice = dice;
        this.disabledAt = disabledAt;
        long usual = dice.about("period").between(Ticks.in(SHORTEST_PERIOD), Ticks.in(LONGEST_PERIOD));
        long exact = (long) (usual / pace);
        // A schedule names whole seconds, unless the pace leaves no room for them.
        this.granule = Math.min(Ticks.in(Duration.ofSeconds(1)), exact / 8);
        this.period = rounded(exact);
        this.first = rounded(created + dice.about("first").between(period / 2, period));
    }

    @Override
    public Optional<Run> latest(long now) {
        return latestOf(numberAt(now));
    }

    @Override
    public Optional<Run> before(Run run) {
        return latestOf(run.number() - 1);
    }

    /** When the next run is due, as far as the job stays enabled. */
    long nextStart(long now) {
        return start(numberAt(now) + 1);
    }

    /** When the next run became another one; 0 before the first was due. */
    long latestDue(long now) {
        long number = numberAt(now);
        return number < 0 ? 0 : start(number);
    }

    private Optional<Run> latestOf(long newest) {
        for (long number = newest; number >= 0; number--) {
            long start = start(number);
            if (!disabledAt.test(start)) {
                long duration = duration(number);
                return Optional.of(
                        new Run(number, start, start + wait(number, duration), start + duration, result(number)));
            }
        }
        return Optional.empty();
    }

    private long numberAt(long now) {
        long number = Math.floorDiv(now - first, period);
        return number >= 0 && start(number) > now ? number - 1 : Math.max(number, -1);
    }

    // The longest delay and the longest duration together stay below one period: runs of a job never overlap.
    private long start(long number) {
        return first
                + number * period
                + rounded(dice.about("start").about(number).between(0, period / 8));
    }

    private long duration(long number) {
        Dice duration = dice.about("duration").about(number);
        // Some are over before a client that polls every few seconds looks again: it sees them in lastRun only.
        boolean quick = duration.about("quick").below(5) == 0;
        return quick ? duration.between(period / 60, period / 30) : duration.between(period / 16, period / 3);
    }

    /** Some wait for a free proxy first. */
    private long wait(long number, long duration) {
        return dice.about("wait").about(number).below(4) == 0 ? duration / 4 : 0;
    }

    private JobStatus result(long number) {
        int outcome = dice.about("result").about(number).below(100);
        if (outcome < 78) {
            return JobStatus.Success;
        }
        if (outcome < 92) {
            return JobStatus.Warning;
        }
        return outcome < 97 ? JobStatus.Failed : outcome < 99 ? JobStatus.Disconnected : JobStatus.NotConfigured;
    }

    private long rounded(long ticks) {
        return ticks - Math.floorMod(ticks, granule);
    }

    long period() {
        return period;
    }
}
