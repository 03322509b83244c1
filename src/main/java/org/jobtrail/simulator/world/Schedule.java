package org.jobtrail.simulator.world;

import java.util.List;

/** A job's schedule as the API shows it. The runs follow the time-lapse of the simulator, not these words. */
public record Schedule(
        String type,
        String periodicallyEvery,
        int periodicallyOffsetMinutes,
        String dailyType,
        String dailyTime,
        BackupWindow window,
        boolean retryEnabled,
        int retryNumber,
        int retryWaitInterval) {

    public static final String PERIODICALLY = "Periodically";
    public static final String DAILY = "Daily";
    static final String MANUAL = "ManualOnly";

    /** Only v8 has it. */
    public static final String TWELVE_HOURS = "Hours12";

    private static final List<String> TYPES = List.of(PERIODICALLY, DAILY);
    private static final List<String> EVERY = List.of(
            "Minutes5", "Minutes10", "Minutes15", "Minutes30", "Hours1", "Hours2", "Hours4", "Hours8", TWELVE_HOURS);
    private static final List<String> DAYS = List.of(
            "Everyday",
            "Workdays",
            "Weekends",
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday");
    private static final List<String> QUARTERS = List.of(":00:00", ":15:00", ":30:00", ":45:00");
    private static final List<BackupWindow> WINDOWS = List.of(BackupWindow.values());

    /** Two revisions in a row always differ: the hour goes round. */
    static Schedule revision(Dice job, long revision) {
        Dice dice = job.about("schedule");
        Dice own = dice.about(revision);
        int turn = (int) ((dice.below(24) + revision) % 24);
        return new Schedule(
                own.about("manual").below(20) == 0 ? MANUAL : own.about("type").pick(TYPES),
                EVERY.get(turn % EVERY.size()),
                own.about("offset").below(60),
                own.about("days").pick(DAYS),
                (turn < 10 ? "0" : "") + turn + own.about("quarter").pick(QUARTERS),
                own.about("window").pick(WINDOWS),
                own.about("retry").below(5) > 0,
                1 + own.about("retries").below(5),
                5 * (1 + own.about("wait").below(4)));
    }

    public boolean isManual() {
        return type.equals(MANUAL);
    }
}
