package org.jobtrail.transform;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A moment that the server told, in UTC and cut (not rounded) to the microseconds that PostgreSQL keeps: it would round
 * 23:59:59.9999999 into the next day.
 */
record Moment(OffsetDateTime value) {

    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    /** Reads ISO 8601 with an offset and 0 to 9 fractional digits; empty where it is something else. */
    static Optional<Moment> parse(String text) {
        try {
            return Optional.of(new Moment(OffsetDateTime.parse(text)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.MICROS)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** .NET's least and greatest dates stand for no date. */
    boolean isNone() {
        return value.getYear() <= 1 || value.getYear() >= 9999;
    }

    String text() {
        return TEXT.format(value);
    }
}
