package org.jobtrail.simulator.world;

import java.util.List;

/** A copy job's schedule as the API shows it. Like those of backup jobs, it is only words. */
public record CopySchedule(
        String type, String periodicallyEvery, String dailyType, String dailyTime, BackupWindow window) {
    static final String IMMEDIATE = "Immediate";

    private static final List<String> TYPES = List.of(IMMEDIATE, IMMEDIATE, "Periodically", "DailyAtTime");

    static CopySchedule revision(Dice copyJob, long revision) {
        Schedule words = Schedule.revision(copyJob, revision);
        String type = copyJob.about("copy schedule").about(revision).pick(TYPES);
        return new CopySchedule(type, words.periodicallyEvery(), words.dailyType(), words.dailyTime(), words.window());
    }
}
