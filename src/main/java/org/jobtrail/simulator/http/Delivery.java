package org.jobtrail.simulator.http;

import java.time.Duration;

/**
 * How an answer gets to the client.
 *
 * @param pause between two pieces of a body that comes slowly
 * @param delay before the answer begins
 */
public record Delivery(Manner manner, Duration pause, Duration delay) {
    static final Delivery WHOLE = new Delivery(Manner.WHOLE);
    public static final Delivery CUT = new Delivery(Manner.CUT);
    public static final Delivery NEVER = new Delivery(Manner.NEVER);

    private Delivery(Manner manner) {
        this(manner, Duration.ZERO, Duration.ZERO);
    }

    public static Delivery slow(Duration pause) {
        return new Delivery(Manner.SLOW, pause, Duration.ZERO);
    }

    public Delivery after(Duration wait) {
        return new Delivery(manner, pause, wait);
    }

    enum Manner {
        WHOLE,
        SLOW,
        CUT,
        NEVER
    }
}
