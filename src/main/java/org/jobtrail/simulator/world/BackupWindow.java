package org.jobtrail.simulator.world;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The hours of a week in which a job may run; the week of the API has 168 of them and begins on Sunday at midnight. */
public enum BackupWindow {
    ALWAYS {
        @Override
        boolean allows(int hourOfWeek) {
            return true;
        }
    },
    OUTSIDE_OFFICE_HOURS {
        @Override
        boolean allows(int hourOfWeek) {
            int hour = hourOfWeek % 24;
            return isWeekend(hourOfWeek) || hour < 8 || hour >= 18;
        }
    },
    WEEKEND {
        @Override
        boolean allows(int hourOfWeek) {
            return isWeekend(hourOfWeek);
        }
    };

    // The same 168 words in every job of every list: put together once, because they are most of a body.
    private final SerializableString json = new SerializedString(IntStream.range(0, 7 * 24)
            .mapToObj(this::allows)
            .map(String::valueOf)
            .collect(Collectors.joining(",", "[", "]")));

    public void write(JsonGenerator generator) throws IOException {
        generator.writeRawValue(json);
    }

    abstract boolean allows(int hourOfWeek);

    private static boolean isWeekend(int hourOfWeek) {
        int day = hourOfWeek / 24;
        return day == 0 || day == 6;
    }
}
