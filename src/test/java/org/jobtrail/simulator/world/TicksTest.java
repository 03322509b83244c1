package org.jobtrail.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
    @ParameterizedTest
    @CsvSource({
        "2017-04-01T09:35:59.0469161Z, 2017-04-01T09:35:59.0469161Z",
        "2017-04-01T09:35:59.046910000Z, 2017-04-01T09:35:59.04691Z",
        "2017-04-01T09:35:59.500Z, 2017-04-01T09:35:59.5Z",
        "2017-04-01T09:35:59.000000100Z, 2017-04-01T09:35:59.0000001Z",
        "2017-04-04T22:00:00Z, 2017-04-04T22:00:00Z",
    })
    void aTimeHasUpToSevenDigitsOfASecondAndNoTrailingZeros(String time, String text) {
        assertThat(Ticks.text(Instant.parse(time))).isEqualTo(text);
    }

    @Test
    void ticksAndInstantsAreTheSameBeforeAndAfterTheBeginning() {
        for (String time : new String[] {"2019-12-31T23:59:59.9999999Z", "2026-11-23T10:00:00.1234567Z"}) {
            Instant instant = Instant.parse(time);
            assertThat(Ticks.instant(Ticks.at(instant))).isEqualTo(instant);
        }
    }
}
