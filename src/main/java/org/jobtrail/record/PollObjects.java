package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.jobtrail.text.JsonText;

/** The objects of one poll in an array of what several found: each says which it is of, but those of the first say nothing. */
record PollObjects(int poll) {

    interface Fields<T> {
        void write(T one, JsonGenerator out) throws IOException;
    }

    interface Found {
        void write(PollObjects objects, JsonGenerator out) throws IOException;
    }

    /** The array where there is one poll. */
    static String array(Found found) {
        return JsonText.of(out -> {
            out.writeStartArray();
            found.write(new PollObjects(1), out);
            out.writeEndArray();
        });
    }

    <T> void write(List<T> all, Fields<T> fields, JsonGenerator out) throws IOException {
        for (T one : all) {
            out.writeStartObject();
            if (poll > 1) {
                out.writeNumberField("poll", poll);
            }
            fields.write(one, out);
            out.writeEndObject();
        }
    }
}
