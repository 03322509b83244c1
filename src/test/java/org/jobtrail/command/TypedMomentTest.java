package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class TypedMomentTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-01, 2026-11-01T00:00:00Z",
        "2026-11-01T06:30, 2026-11-01T06:30:00Z",
        "2026-11-01T06:30:00.123456, 2026-11-01T06:30:00.123456Z",
        "2026-11-01T06:30:00Z, 2026-11-01T06:30:00Z",
        "2026-11-01T06:30:00+02:00, 2026-11-01T04:30:00Z",
    })
    void aDateIsWhereItBeginsAndWhatHasNoOffsetIsInTheZone(String text, String moment) {
        assertThat(new TypedMoment.Converter().convert(text).in(ZoneOffset.UTC)).hasToString(moment);
    }

    @Test
    void aDateBeginsWhereItDoesInTheZone() throws Exception {
        assertThat(new TypedMoment.Converter().convert("2026-11-01").in(ZoneId.of("Europe/Berlin")))
                .hasToString("2026-10-31T23:00:00Z");
    }

    @Test
    void anythingElseIsRefusedWithAnExample() {
        assertThatThrownBy(() -> new TypedMoment.Converter().convert("yesterday"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("expected a date or a moment such as 2026-11-01 or 2026-11-01T06:00:00Z, not 'yesterday'");
    }
}
