package org.jobtrail.pipeline;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/**
 * A clock to measure how long something takes: it goes on from the moment in which it was made, and nobody sets it. The computer's
 * own may be set back while a server is waited for, which would then be waited for that much longer.
 */
public final class SteadyClock {

    private SteadyClock() {}

    public static Clock fromNow() {
        Instant began = Instant.now();
        long beganNanos = System.nanoTime();
        InstantSource clock = () -> began.plusNanos(System.nanoTime() - beganNanos);
        return clock.withZone(ZoneOffset.UTC);
    }
}
