package org.jobtrail.simulator;

import java.time.Duration;

/**
 * How an answer gets to the client.
 *
 * @param pause between two pieces of a body that comes slowly
 */
record Delivery(Manner manner, Duration pause) {
    static final Delivery WHOLE = new Delivery(Manner.WHOLE, Duration.ZERO);
    static final Delivery CUT = new Delivery(Manner.CUT, Duration.ZERO);
    static final Delivery NEVER = new Delivery(Manner.NEVER, Duration.ZERO);

    static Delivery slow(Duration pause) {
        return new Delivery(Manner.SLOW, pause);
    }

    enum Manner {
        WHOLE,
        SLOW,
        CUT,
        NEVER
    }
}
