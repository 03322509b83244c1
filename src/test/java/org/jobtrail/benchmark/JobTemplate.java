package org.jobtrail.benchmark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * A job as a server of one version shows it, about 1.9 kB: one text with gaps, which are filled in place. All of a version have the
 * same length, so that the length of a list is known before it is written. Thread-safe.
 */
final class JobTemplate {

    private static final String ORGANIZATION = "oooooooo-oooo-oooo-oooo-oooooooooooo";
    private static final String JOB = "jjjjjjjj-jjjj-jjjj-jjjj-jjjjjjjjjjjj";
    private static final String NUMBER = "nnnnnnn";
    private static final String TAG = "1eeeeeeeee";
    private static final String STATUS = "sssssss";
    private static final String MOMENT = "ddThh:mm:ss.fffffff";
    private static final String WINDOW = "true,".repeat(32) + "false,".repeat(10) + "true,".repeat(125) + "true";
    private static final byte[] SUCCESS = "Success".getBytes(ISO_8859_1);
    private static final byte[] WARNING = "Warning".getBytes(ISO_8859_1);

    private final byte[] text;
    private final int[] organizations;
    private final int[] jobs;
    private final int[] numbers;
    private final int[] tags;
    private final int[] statuses;
    private final int[] moments;

    private JobTemplate(String text) {
        this.text = text.getBytes(ISO_8859_1);
        this.organizations = gaps(text, ORGANIZATION);
        this.jobs = gaps(text, JOB);
        this.numbers = gaps(text, NUMBER);
        this.tags = gaps(text, TAG);
        this.statuses = gaps(text, STATUS);
        this.moments = gaps(text, MOMENT);
    }

    static JobTemplate of(String version) {
        boolean eight = version.equals("v8");
        return new JobTemplate("""
                {"repositoryId":"16a7e3b8-d05c-4f29-b8e4-9c2d7f1a6b20",%s"id":"%s","name":"Mailboxes of department %s",\
                "description":"Everybody of department %s with mailbox, archive, OneDrive and personal site; keeps 3 years",\
                "backupType":"SelectedItems","lastStatus":"%s","lastRun":"2026-03-%sZ","nextRun":"2026-04-%sZ",\
                "lastBackup":"2026-03-%sZ","isEnabled":true,"schedulePolicy":{"scheduleEnabled":true,"type":"Daily",\
                "dailyType":"Everyday","dailyTime":"19:00:00","backupWindowEnabled":true,"backupWindowSettings":\
                {"backupWindow":[%s],"minuteOffset":-420},"retryEnabled":true,"periodicallyWindowEnabled":false,\
                "periodicallyOffsetMinutes":0,"retryNumber":3,"retryWaitInterval":10},"_links":{"self":\
                {"href":"/%s/Jobs/%s"},"organization":{"href":"/%s/organizations/%s"},"backupRepository":\
                {"href":"/%s/BackupRepositories/16a7e3b8-d05c-4f29-b8e4-9c2d7f1a6b20"},"jobsessions":\
                {"href":"/%s/JobSessions?jobId=%s"},"selectedItems":{"href":"/%s/Jobs/%s/SelectedItems"}}}""".formatted(
                        eight ? "\"organizationId\":\"" + ORGANIZATION + "\",\"eTag\":" + TAG + "," : "",
                        JOB,
                        NUMBER,
                        NUMBER,
                        STATUS,
                        MOMENT,
                        MOMENT,
                        MOMENT,
                        WINDOW,
                        version,
                        JOB,
                        version,
                        ORGANIZATION,
                        version,
                        version,
                        JOB,
                        version,
                        JOB));
    }

    int length() {
        return text.length;
    }

    void write(byte[] buffer, int at, Population population, int organization, byte[] organizationId, int job) {
        int revision = population.revision(organization, job);
        long dice = Population.mix(((long) job << 20) + revision) >>> 1;
        System.arraycopy(text, 0, buffer, at, text.length);
        put(buffer, at, organizations, organizationId);
        put(buffer, at, jobs, population.jobId(organization, job));
        for (int gap : numbers) {
            digits(buffer, at + gap, NUMBER.length(), job);
        }
        for (int gap : tags) {
            digits(buffer, at + gap + 1, TAG.length() - 1, revision);
        }
        put(buffer, at, statuses, dice % 6 == 0 ? WARNING : SUCCESS);
        for (int gap : moments) {
            moment(buffer, at + gap, revision, dice);
        }
    }

    /** An hour later with each revision; the day before the T, the fraction after the dot. */
    private static void moment(byte[] buffer, int at, int revision, long dice) {
        digits(buffer, at, 2, 1 + revision / 24 % 28);
        digits(buffer, at + 3, 2, revision % 24);
        digits(buffer, at + 6, 2, dice % 60);
        digits(buffer, at + 9, 2, dice / 60 % 60);
        digits(buffer, at + 12, 7, dice / 3_600 % 10_000_000);
    }

    private static void put(byte[] buffer, int at, int[] gaps, byte[] value) {
        for (int gap : gaps) {
            System.arraycopy(value, 0, buffer, at + gap, value.length);
        }
    }

    private static void digits(byte[] buffer, int at, int count, long number) {
        for (int i = at + count - 1; i >= at; i--) {
            buffer[i] = (byte) ('0' + number % 10);
            number /= 10;
        }
    }

    private static int[] gaps(String text, String gap) {
        List<Integer> gaps = new ArrayList<>();
        for (int at = text.indexOf(gap); at >= 0; at = text.indexOf(gap, at + gap.length())) {
            gaps.add(at);
        }
        return gaps.stream().mapToInt(Integer::intValue).toArray();
    }
}
