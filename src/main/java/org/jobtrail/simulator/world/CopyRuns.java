package org.jobtrail.simulator.world;

import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * The runs of a copy job: one after each good run of its backup job, over before that one's next. A copy that would start while
 * the copy job is disabled does not take place.
 */
final class CopyRuns implements RunSequence {
    private final Dice dice;
    private final Runs backups;
    private final LongPredicate disabledAt;

    CopyRuns(Dice dice, Runs backups, LongPredicate disabledAt) {
        this.dice = dice;
        this.backups = backups;
        this.disabledAt = disabledAt;
    }

    @Override
    public Optional<Run> latest(long now) {
        Optional<Run> copy = backups.latest(now).flatMap(this::atOrBefore);
        return copy.isPresent() && copy.get().start() > now ? before(copy.get()) : copy;
    }

    @Override
    public Optional<Run> before(Run copy) {
        // A copy has the number of its backup, and the number is all that the backups look at.
        return backups.before(copy).flatMap(this::atOrBefore);
    }

    private Optional<Run> atOrBefore(Run newest) {
        Optional<Run> backup = Optional.of(newest);
        while (backup.isPresent()) {
            Run copy = copyOf(backup.get());
            if (backup.get().result().isGood() && !disabledAt.test(copy.start())) {
                return Optional.of(copy);
            }
            backup = backups.before(backup.get());
        }
        return Optional.empty();
    }

    // A backup is over before half of its period is; so are both of them before the whole.
    private Run copyOf(Run backup) {
        Dice own = dice.about(backup.number());
        long period = backups.period();
        long start = backup.end() + own.about("delay").between(period / 60, period / 24);
        long end = start + own.about("duration").between(period / 30, period / 4);
        return new Run(
                backup.number(), start, start, end, result(own.about("result").below(100)));
    }

    private static JobStatus result(int outcome) {
        return outcome < 88 ? JobStatus.Success : outcome < 95 ? JobStatus.Warning : JobStatus.Failed;
    }
}
