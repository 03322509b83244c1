package org.jobtrail.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** A job's schedule as the API shows it. The runs follow the time-lapse of the simulator, not these words. */
record Schedule(
        String type,
        String periodicallyEvery,
        String dailyType,
        String dailyTime,
        BackupWindow window,
        boolean retryEnabled,
        int retryNumber,
        int retryWaitInterval) {

    private static final List<String> TYPES = List.of("Periodically", "Daily");
    private static final List<String> EVERY =
            List.of("Minutes5", "Minutes10", "Minutes15", "Minutes30", "Hours1", "Hours2", "Hours4", "Hours8");
    private static final List<String> DAYS = List.of("Everyday", "Workdays", "Weekends", "Monday", "Friday", "Sunday");
    private static final List<String> QUARTERS = List.of(":00:00", ":15:00", ":30:00", ":45:00");
    private static final List<BackupWindow> WINDOWS = List.of(BackupWindow.values());

    /** Two revisions in a row always differ: the hour and the interval go round. */
    static Schedule revision(Dice job, long revision) {
        Dice dice = job.about("schedule");
        Dice own = dice.about(revision);
        int turn = (int) ((dice.below(24) + revision) % 24);
        return new Schedule(
                own.about("type").pick(TYPES),
                EVERY.get(turn % EVERY.size()),
                own.about("days").pick(DAYS),
                (turn < 10 ? "0" : "") + turn + own.about("quarter").pick(QUARTERS),
                own.about("window").pick(WINDOWS),
                own.about("retry").below(5) > 0,
                1 + own.about("retries").below(5),
                5 * (1 + own.about("wait").below(4)));
    }

    /** The real server leaves both out when retries are off. */
    void writeRetries(JsonGenerator json) throws IOException {
        if (retryEnabled) {
            json.writeNumberField("retryNumber", retryNumber);
            json.writeNumberField("retryWaitInterval", retryWaitInterval);
        }
    }
}
