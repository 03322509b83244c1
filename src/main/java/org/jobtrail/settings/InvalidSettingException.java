package org.jobtrail.settings;

import java.util.Locale;

/** A setting that the program cannot work with; the message is one sentence for the operator and holds no secret. */
public final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidSettingException(String name, String problem) {
        super((name.startsWith("--") ? name : "%s (%s)".formatted(name, environmentVariable(name))) + " " + problem);
    }

    /** The variable that sets the same: {@code poll.period} is {@code POLL_PERIOD}. */
    public static String environmentVariable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
