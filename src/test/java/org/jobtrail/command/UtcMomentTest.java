package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class UtcMomentTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-01, 2026-11-01T00:00:00Z",
        "2026-11-01T06:30, 2026-11-01T06:30:00Z",
        "2026-11-01T06:30:00.123456, 2026-11-01T06:30:00.123456Z",
        "2026-11-01T06:30:00Z, 2026-11-01T06:30:00Z",
        "2026-11-01T06:30:00+02:00, 2026-11-01T04:30:00Z",
    })
    void aDateIsWhereItBeginsAndWhatHasNoOffsetIsInUtc(String text, String moment) {
        assertThat(new UtcMoment().convert(text)).hasToString(moment);
    }

    @Test
    void anythingElseIsRefusedWithAnExample() {
        assertThatThrownBy(() -> new UtcMoment().convert("yesterday"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("expected a date or a moment such as 2026-11-01 or 2026-11-01T06:00:00Z, not 'yesterday'");
    }
}
