package org.jobtrail.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MomentsTest {

    @Test
    void theDateOfAnAnswerIsTheOneThatTheServerThinksItIs() {
        Moments moments = new Moments(() -> Duration.ofHours(-1));

        assertThat(moments.httpDate(Instant.parse("2026-11-01T11:00:00Z"))).isEqualTo("Sun, 01 Nov 2026 10:00:00 GMT");
    }
}
