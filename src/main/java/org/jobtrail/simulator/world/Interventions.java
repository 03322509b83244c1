package org.jobtrail.simulator.world;

import java.time.Duration;

/**
 * What administrators do to one job during its life: once in a while one of them disables it for some time, renames it or
 * reschedules it, in turn.
 */
final class Interventions {
    static final Duration USUAL_INTERVAL = Duration.ofMinutes(6);

    private final Dice dice;
    private final long created;
    private final long interval;
    private final int first;

    Interventions(Dice dice, long created, double pace) {
        this.dice = dice;
        this.created = created;
        this.interval = (long) (Ticks.in(USUAL_INTERVAL) / pace);
        this.first = dice.about("first").below(Kind.ALL.length);
    }

    boolean disabledAt(long time) {
        long turn = turnAt(time);
        return kind(turn) == Kind.DISABLE && begin(turn) <= time && time < end(turn);
    }

    long renamesUntil(long time) {
        return countUntil(time, Kind.RENAME);
    }

    long reschedulesUntil(long time) {
        return countUntil(time, Kind.RESCHEDULE);
    }

    /** When the job was changed last; its creation counts. */
    long latestUntil(long time) {
        long turn = turnAt(time);
        if (kind(turn) == Kind.DISABLE && end(turn) <= time) {
            return end(turn);
        }
        if (begin(turn) <= time) {
            return begin(turn);
        }
        if (turn == 0) {
            return created;
        }
        return kind(turn - 1) == Kind.DISABLE ? end(turn - 1) : begin(turn - 1);
    }

    private long countUntil(long time, Kind kind) {
        long turn = turnAt(time);
        int kinds = Kind.ALL.length;
        long firstTurn = Math.floorMod(kind.ordinal() - first, kinds);
        long before = turn <= firstTurn ? 0 : (turn - firstTurn - 1) / kinds + 1;
        return kind(turn) == kind && begin(turn) <= time ? before + 1 : before;
    }

    private long turnAt(long time) {
        return (time - created) / interval;
    }

    private Kind kind(long turn) {
        return Kind.ALL[(int) Math.floorMod(first + turn, (long) Kind.ALL.length)];
    }

    private long begin(long turn) {
        return created + turn * interval + dice.about("begin").about(turn).between(interval / 6, interval / 2);
    }

    private long end(long turn) {
        return begin(turn) + dice.about("end").about(turn).between(interval / 6, interval / 2);
    }

    private enum Kind {
        DISABLE,
        RENAME,
        RESCHEDULE;

        private static final Kind[] ALL = values();
    }
}
