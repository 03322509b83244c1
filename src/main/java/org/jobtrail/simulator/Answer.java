package org.jobtrail.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What goes back over the wire. An empty body has no content type. */
record Answer(int status, byte[] body) {
    static final String CONTENT_TYPE = "application/json; charset=utf-8";

    private static final JsonFactory JSON = new JsonFactory();

    static Answer empty(int status) {
        return new Answer(status, new byte[0]);
    }

    static Answer json(int status, Json json) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(4096);
        try (JsonGenerator generator = JSON.createGenerator(body)) {
            json.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Answer(status, body.toByteArray());
    }

    static Answer ok(Json json) {
        return json(200, json);
    }

    static Answer message(int status, String message) {
        return json(status, json -> {
            json.writeStartObject();
            json.writeStringField("message", message);
            json.writeEndObject();
        });
    }

    @FunctionalInterface
    interface Json {
        void write(JsonGenerator json) throws IOException;
    }
}
