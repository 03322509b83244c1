package org.jobtrail.transform;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A moment that the server told, in UTC and cut (not rounded) to the microseconds that PostgreSQL keeps: it would round
 * 23:59:59.9999999 into the next day.
 *
 * @param text always to the microsecond, where it is a date at all
 */
record Moment(LocalDateTime utc, String text) {

    private static final String SECONDS = "0000-00-00T00:00:00";
    private static final String MICROS = SECONDS + ".000000";
    private static final int MOST_DIGITS = 9;
    private static final String MINUTE = "0000-00-00T00:00";
    private static final String REST_OF_MINUTE = ":00.000000Z";

    /** Reads ISO 8601 with an offset and 0 to 9 fractional digits, or no date at all; empty where it is something else. */
    static Optional<Moment> parse(String text) {
        try {
            if (!isUsual(text)) {
                return Optional.of(of(OffsetDateTime.parse(text)));
            }
            ZoneOffset offset = ZoneOffset.of(text.substring(offset(text)));
            return Optional.of(
                    offset.equals(ZoneOffset.UTC)
                            ? usual(text)
                            : of(usual(text).utc.atOffset(offset)));
        } catch (DateTimeException e) {
            return noneWithoutOffset(text);
        }
    }

    /** .NET writes its least and greatest dates without an offset where they were never given one. */
    private static Optional<Moment> noneWithoutOffset(String text) {
        try {
            return Optional.of(LocalDateTime.parse(text)).filter(Moment::isNone).map(local -> new Moment(local, null));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** As servers write it. Every job has some: what reads any form takes longer for them than for all else of a job. */
    private static boolean isUsual(String text) {
        int offset = offset(text);
        int digits = offset - SECONDS.length() - 1;
        return digits <= MOST_DIGITS
                && hasShape(text, 0, SECONDS)
                && (digits < 0 || digits > 0 && hasShape(text, SECONDS.length(), ".000000000".substring(0, digits + 1)))
                && (hasShape(text, offset, "Z")
                        || hasShape(text, offset, "+00:00")
                        || hasShape(text, offset, "-00:00"));
    }

    private static int offset(String text) {
        return text.length() - (text.endsWith("Z") ? 1 : 6);
    }

    /** Any digit where the shape has one. */
    private static boolean hasShape(String text, int from, String shape) {
        if (from < 0 || from + shape.length() > text.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            char c = text.charAt(from + i);
            if (shape.charAt(i) == '0' ? c < '0' || c > '9' : c != shape.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static Moment of(OffsetDateTime moment) {
        LocalDateTime utc =
                moment.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime().truncatedTo(ChronoUnit.MICROS);
        if (isNone(utc)) {
            return new Moment(utc, null);
        }
        String upToLastThatIsNotZero = utc.toString();
        return new Moment(
                utc,
                upToLastThatIsNotZero + REST_OF_MINUTE.substring(upToLastThatIsNotZero.length() - MINUTE.length()));
    }

    /** Its date and time as if they were in UTC; their text needs no more than to be cut or filled up. */
    private static Moment usual(String text) {
        int end = Math.min(offset(text), MICROS.length());
        int micros = 0;
        for (int i = SECONDS.length() + 1; i < MICROS.length(); i++) {
            micros = 10 * micros + (i < end ? text.charAt(i) - '0' : 0);
        }
        var local = LocalDateTime.of(
                number(text, 0, 4),
                number(text, 5, 7),
                number(text, 8, 10),
                number(text, 11, 13),
                number(text, 14, 16),
                number(text, 17, 19),
                1_000 * micros);
        boolean asItIs = text.length() == MICROS.length() + 1 && text.endsWith("Z");
        return new Moment(local, asItIs ? text : text.substring(0, end) + MICROS.substring(end) + "Z");
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** .NET's least and greatest dates stand for no date. */
    boolean isNone() {
        return isNone(utc);
    }

    private static boolean isNone(LocalDateTime utc) {
        return utc.getYear() <= 1 || utc.getYear() >= 9999;
    }
}
