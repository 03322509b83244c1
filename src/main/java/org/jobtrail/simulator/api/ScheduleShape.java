package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.api.ApiVersion.V1;
import static org.jobtrail.simulator.api.ApiVersion.V4;
import static org.jobtrail.simulator.api.ApiVersion.V6;
import static org.jobtrail.simulator.api.ApiVersion.V7;
import static org.jobtrail.simulator.api.ApiVersion.V8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jobtrail.simulator.world.BackupWindow;
import org.jobtrail.simulator.world.CopySchedule;
import org.jobtrail.simulator.world.Schedule;

/** How a version shows a schedule. */
final class ScheduleShape {
    private final ApiVersion version;

    ScheduleShape(ApiVersion version) {
        this.version = version;
    }

    void write(Schedule schedule, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("schedulePolicy");
        if (version.since(V4)) {
            json.writeBooleanField("scheduleEnabled", !schedule.isManual());
        }
        json.writeStringField("type", type(schedule));
        writeWords(schedule, json);
        writeWindows(schedule, json);
        Flags.write(json, version, "retryEnabled", schedule.retryEnabled());
        // The real server leaves both out when retries are off.
        if (schedule.retryEnabled()) {
            json.writeNumberField("retryNumber", schedule.retryNumber());
            json.writeNumberField("retryWaitInterval", schedule.retryWaitInterval());
        }
        json.writeEndObject();
    }

    void write(CopySchedule schedule, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("schedulePolicy");
        json.writeStringField("type", schedule.type());
        json.writeStringField("periodicallyEvery", every(schedule.periodicallyEvery()));
        json.writeStringField("dailyType", schedule.dailyType());
        json.writeStringField("dailyTime", schedule.dailyTime());
        json.writeBooleanField("backupCopyWindowEnabled", schedule.window() != BackupWindow.ALWAYS);
        write("backupCopyWindowSettings", schedule.window(), json);
        json.writeEndObject();
    }

    /** What does not belong to the type is left out by v2 to v5, and written as it was left behind by the others. */
    private void writeWords(Schedule schedule, JsonGenerator json) throws IOException {
        boolean all = version == V1 || version.since(V6);
        if (all || type(schedule).equals(Schedule.PERIODICALLY)) {
            json.writeStringField("periodicallyEvery", every(schedule.periodicallyEvery()));
        }
        if (all || type(schedule).equals(Schedule.DAILY)) {
            json.writeStringField("dailyType", schedule.dailyType());
            json.writeStringField("dailyTime", schedule.dailyTime());
        }
    }

    private void writeWindows(Schedule schedule, JsonGenerator json) throws IOException {
        if (version == V1) {
            write("backupWindow", "backupIntervalsArray", schedule.window(), json);
            return;
        }
        boolean limited = schedule.window() != BackupWindow.ALWAYS;
        json.writeBooleanField("backupWindowEnabled", limited);
        write("backupWindowSettings", schedule.window(), json);
        boolean periodically = schedule.type().equals(Schedule.PERIODICALLY);
        if (version.since(V7)) {
            json.writeBooleanField("periodicallyWindowEnabled", periodically && limited);
        }
        if (version.since(V6)) {
            if (periodically) {
                write("periodicallyWindowSettings", schedule.window(), json);
            }
            json.writeNumberField("periodicallyOffsetMinutes", schedule.periodicallyOffsetMinutes());
        }
    }

    private static void write(String name, BackupWindow window, JsonGenerator json) throws IOException {
        write(name, "backupWindow", window, json);
    }

    private static void write(String name, String hours, BackupWindow window, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeFieldName(hours);
        window.write(json);
        json.writeNumberField("minuteOffset", 0);
        json.writeEndObject();
    }

    private String type(Schedule schedule) {
        return schedule.isManual() && !version.since(V6) ? Schedule.DAILY : schedule.type();
    }

    private String every(String interval) {
        return interval.equals(Schedule.TWELVE_HOURS) && !version.since(V8) ? "Hours8" : interval;
    }
}
