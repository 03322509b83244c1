package org.jobtrail.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-23T14:36:00Z");

    @ParameterizedTest
    @CsvSource({"1, 1", "600, 600", "86400, 86400"})
    void aNumberIsOfSeconds(String header, long seconds) {
        assertThat(wait(Map.of("Retry-After", header))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mon, 23 Nov 2026 14:36:20 GMT", "Monday, 23-Nov-26 14:36:20 GMT"})
    void aDateIsTheMomentUntilWhichToWait(String header) {
        assertThat(wait(Map.of("Retry-After", header))).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aDateIsReadByTheClockOfTheServerWhereItTellsTheTime() {
        assertThat(wait(Map.of(
                        "retry-after", "Mon, 23 Nov 2026 10:00:20 GMT", "DATE", "Mon, 23 Nov 2026 10:00:00 GMT")))
                .isEqualTo(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-5",
                "1.5",
                "soon",
                "1000000000",
                "86401",
                "99999999999999999999",
                "Mon, 23 Nov 2026 14:35:59 GMT",
                "Mon, 23 Nov 9999 14:36:20 GMT",
                "Mon, 99 Nov 2026 14:36:20 GMT",
                "10, 20"
            })
    void whatMakesNoSenseIsNotThere(String header) {
        assertThat(wait(Map.of("Retry-After", header))).isNull();
    }

    @Test
    void itIsSaidAsItWasAsked() {
        assertThat(RetryAfter.of(Map.of("Retry-After", "600"))).hasToString("Optional[to wait 600 s]");
        assertThat(RetryAfter.of(Map.of("Retry-After", "Mon, 23 Nov 2026 14:36:20 GMT")))
                .hasToString("Optional[to wait until 2026-11-23T14:36:20Z]");
    }

    private static Duration wait(Map<String, String> headers) {
        return RetryAfter.of(headers).flatMap(after -> after.from(NOW)).orElse(null);
    }
}
