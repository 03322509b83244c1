package org.jobtrail.simulator.world;

import java.time.Duration;

/**
 * When the jobs of one organization are deleted, and when another one takes their place.
 *
 * <p>The jobs are deleted one by one, in turn, and the successor is there before the next one goes. So a client never sees
 * more than one job of an organization missing. Only a few places turn over, most jobs stay for ever: a client that comes back
 * after a long time must not find most of them replaced, for a careful one would not believe it.
 */
final class Turnover {
    static final Duration USUAL_INTERVAL = Duration.ofSeconds(90);
    static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(30);
    private static final int FEWEST_JOBS = 3;
    private static final int PLACES = 2;

    private final Dice dice;
    private final int places;
    private final long interval;
    private final long phase;

    Turnover(Dice dice, int slots, double pace) {
        this.dice = dice;
        this.places = slots < FEWEST_JOBS ? 0 : PLACES;
        this.interval = Math.max(Ticks.in(SHORTEST_INTERVAL), (long) (Ticks.in(USUAL_INTERVAL) / pace));
        this.phase = dice.about("phase").between(0, interval);
    }

    /** Which generation of a slot the time belongs to. Its job may yet have to be created. */
    Generation generation(int slot, long now) {
        // One missing of two would be half of the organization, so a tiny organization keeps its jobs.
        if (slot >= places) {
            return new Generation(0, 0);
        }
        long turn = Math.floorDiv(now - phase, interval);
        long latest = turn - Math.floorMod(turn - slot, (long) places);
        long deletion = deletion(latest) <= now ? latest : latest - places;
        return new Generation(Math.floorDiv(deletion, (long) places), successorOf(deletion));
    }

    private long deletion(long turn) {
        return phase + turn * interval + dice.about("deletion").about(turn).between(0, interval / 4);
    }

    private long successorOf(long turn) {
        return deletion(turn) + dice.about("successor").about(turn).between(interval / 6, interval / 2);
    }

    record Generation(long number, long created) {}
}
