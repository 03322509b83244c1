package org.jobtrail.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The links that every version puts into its bodies. */
final class Links {
    private Links() {}

    static void write(JsonGenerator json, String relation, String href) throws IOException {
        json.writeObjectFieldStart(relation);
        json.writeStringField("href", href);
        json.writeEndObject();
    }
}
