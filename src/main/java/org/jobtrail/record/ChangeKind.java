package org.jobtrail.record;

import java.util.Locale;

/** What happened to a job between two polls. In a poll, kinds that apply are recorded in this order. */
public enum ChangeKind {
    CREATED,
    MISSING,
    REAPPEARED,
    ENABLED,
    DISABLED,
    CONFIGURATION_CHANGED,
    STATUS_CHANGED,
    RUN_COMPLETED,
    RESCHEDULED,
    REBASELINED,
    /** What was kept of the job is blanked; appended by an operator, never by a poll. */
    ERASED;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    @Override
    public String toString() {
        return text;
    }
}
