package org.jobtrail.simulator.world;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Time as .NET counts and writes it: in ticks of 100 nanoseconds, with up to seven digits of a second and no trailing
 * zeros. The world is computed in ticks since {@link #BEGINNING}, so that nothing is lost between a computation and its text.
 */
public final class Ticks {
    static final Instant BEGINNING = Instant.parse("2020-01-01T00:00:00Z");

    private static final long PER_SECOND = 10_000_000;
    private static final int NANOS = 100;
    private static final int WITHOUT_SECONDS = "2020-01-01T00:00".length();

    private Ticks() {}

    static long at(Instant instant) {
        return (instant.getEpochSecond() - BEGINNING.getEpochSecond()) * PER_SECOND + instant.getNano() / NANOS;
    }

    static long in(Duration duration) {
        return duration.toNanos() / NANOS;
    }

    static Instant instant(long ticks) {
        return BEGINNING
                .plusSeconds(Math.floorDiv(ticks, PER_SECOND))
                .plusNanos(Math.floorMod(ticks, PER_SECOND) * NANOS);
    }

    /** By hand, because a list of a thousand jobs has three thousand times in it and a formatter takes its time. */
    public static String text(Instant instant) {
        String toTheSecond = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC)
                .toString();
        StringBuilder text = new StringBuilder(28).append(toTheSecond);
        if (toTheSecond.length() == WITHOUT_SECONDS) {
            text.append(":00");
        }
        int fraction = instant.getNano() / NANOS;
        if (fraction > 0) {
            text.append('.').append(PER_SECOND + fraction).deleteCharAt(text.length() - 8);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        return text.append('Z').toString();
    }
}
