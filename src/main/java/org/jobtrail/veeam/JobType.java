package org.jobtrail.veeam;

import java.util.Locale;

/** Which jobs stand in a list: backup jobs and copy jobs have lists of their own, each judged by itself. */
public enum JobType {
    BACKUP,
    COPY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
