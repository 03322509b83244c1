package org.jobtrail.simulator.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Booleans, which v1 writes as the words "true" and "false". */
final class Flags {
    private Flags() {}

    static void write(JsonGenerator json, ApiVersion version, String name, boolean value) throws IOException {
        if (version == ApiVersion.V1) {
            json.writeStringField(name, String.valueOf(value));
        } else {
            json.writeBooleanField(name, value);
        }
    }
}
