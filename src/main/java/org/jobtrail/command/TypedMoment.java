package org.jobtrail.command;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A moment as somebody types it: a date is where it begins, and what has no offset is in the time zone of the person who typed it. */
record TypedMoment(String text, TemporalAccessor parsed) {

    Instant in(ZoneId zone) {
        if (parsed instanceof OffsetDateTime moment) {
            return moment.toInstant();
        }
        LocalDateTime local = parsed instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) parsed;
        return local.atZone(zone).toInstant();
    }

    /**
     * As {@link #in}, but refused where it is yet to come: that is a slip of the keyboard.
     *
     * @param option with which it was typed
     */
    Instant past(String option, ZoneId zone) {
        Instant moment = in(zone);
        if (moment.isAfter(Instant.now())) {
            throw new CannotRunException("%s %s is yet to come: expected a moment in the past".formatted(option, text));
        }
        return moment;
    }

    static final class Converter implements ITypeConverter<TypedMoment> {

        @Override
        public TypedMoment convert(String text) {
            try {
                return new TypedMoment(
                        text,
                        text.indexOf('T') < 0
                                ? LocalDate.parse(text)
                                : DateTimeFormatter.ISO_DATE_TIME.parseBest(
                                        text, OffsetDateTime::from, LocalDateTime::from));
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "expected a date or a moment such as 2026-11-01 or 2026-11-01T06:00:00Z, not '%s'"
                                .formatted(text));
            }
        }
    }
}
