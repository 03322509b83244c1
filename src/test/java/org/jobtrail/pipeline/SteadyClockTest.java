package org.jobtrail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    @Test
    void itGoesOnFromNow() {
        Instant before = Instant.now();
        Clock clock = SteadyClock.fromNow();
        Instant made = clock.instant();

        assertThat(made).isBetween(before.minus(Duration.ofMinutes(1)), before.plus(Duration.ofMinutes(1)));
        assertThat(clock.instant()).isAfterOrEqualTo(made);
    }
}
