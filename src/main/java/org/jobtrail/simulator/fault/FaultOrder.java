package org.jobtrail.simulator.fault;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fault that shall be, written {@code NAME[=VALUE][*TIMES]}.
 *
 * @param number every how many times it happens, or how many of what it is about
 * @param times after how many times it is over
 */
public record FaultOrder(Fault fault, long number, Duration duration, long times) {
    private static final Pattern FORM = Pattern.compile("(?<name>[^=*]+)(=(?<value>[^*]*))?(\\*(?<times>.*))?");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public static FaultOrder of(String text) {
        Matcher order = FORM.matcher(text);
        Fault fault = order.matches() ? Fault.of(order.group("name")).orElse(null) : null;
        if (fault == null) {
            throw new IllegalArgumentException(
                    "There is no fault \"" + text + "\": it must be one of those that simulate --help lists.");
        }
        String value = order.group("value");
        return new FaultOrder(
                fault,
                fault.value() == Fault.Value.DURATION ? 1 : number(fault, value),
                fault.value() == Fault.Value.DURATION ? duration(fault, value) : Duration.ZERO,
                times(fault, order.group("times")));
    }

    private static long number(Fault fault, String value) {
        if (fault.value() == Fault.Value.NONE) {
            require(value == null, fault, "takes no value.");
            return 1;
        }
        require(value != null || fault.value() == Fault.Value.EVERY, fault, "needs a number, as in %s=3.");
        return value == null ? 1 : positive(fault, value);
    }

    private static long times(Fault fault, String times) {
        if (times == null) {
            return Long.MAX_VALUE;
        }
        require(fault.value() == Fault.Value.EVERY, fault, "cannot be limited to a number of times.");
        return positive(fault, times);
    }

    private static long positive(Fault fault, String number) {
        require(number.matches("[1-9][0-9]{0,8}"), fault, "wants numbers from 1 to 999999999, not \"" + number + "\".");
        return Long.parseLong(number);
    }

    private static Duration duration(Fault fault, String value) {
        try {
            Duration duration = Duration.parse(value == null ? "" : value);
            require(duration.abs().compareTo(LONGEST) <= 0, fault, "must be less than a hundred years.");
            return duration;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "The fault " + fault.label() + " needs a duration in ISO 8601, as in PT5M or -PT5M.", e);
        }
    }

    private static void require(boolean condition, Fault fault, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(
                    "The fault " + fault.label() + " " + problem.replace("%s", fault.label()));
        }
    }
}
