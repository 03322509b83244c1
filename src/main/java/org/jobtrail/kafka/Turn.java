package org.jobtrail.kafka;

import java.time.Duration;

/** Comes once in a while, and first after one. Used by one thread. */
public final class Turn {

    private final Duration pause;
    private long at;

    public Turn(Duration pause) {
        this.pause = pause;
        next();
    }

    public boolean comes() {
        boolean comes = System.nanoTime() - at >= 0;
        if (comes) {
            next();
        }
        return comes;
    }

    private void next() {
        at = System.nanoTime() + pause.toNanos();
    }
}
