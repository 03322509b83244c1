package org.jobtrail.simulator.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;

/**
 * The links of one answer. Up to v5 they are whole addresses, as the client named the server; from v2 on until then in lower
 * case. From v6 on they are paths.
 */
record Links(ApiVersion version, String authority) {

    void write(JsonGenerator json, String relation, Object... segments) throws IOException {
        write(json, relation, to(segments));
    }

    static void write(JsonGenerator json, String relation, String href) throws IOException {
        json.writeObjectFieldStart(relation);
        json.writeStringField("href", href);
        json.writeEndObject();
    }

    private String to(Object... segments) {
        StringBuilder path = new StringBuilder("/").append(version.segment());
        for (Object segment : segments) {
            path.append('/').append(segment);
        }
        if (version.since(ApiVersion.V6)) {
            return path.toString();
        }
        String written =
                version == ApiVersion.V1 ? path.toString() : path.toString().toLowerCase(Locale.ROOT);
        return "https://" + authority + written;
    }
}
