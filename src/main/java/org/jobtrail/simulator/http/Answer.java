package org.jobtrail.simulator.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What goes back over the wire. An empty body has no content type. */
public record Answer(int status, byte[] body, Map<String, String> headers, Delivery delivery) {
    private static final String CONTENT_TYPE = "Content-Type";
    private static final JsonFactory JSON = new JsonFactory();

    public static Answer empty(int status) {
        return new Answer(status, new byte[0], Map.of(), Delivery.WHOLE);
    }

    public static Answer json(int status, Json json) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(4096);
        try (JsonGenerator generator = JSON.createGenerator(body)) {
            json.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> headers = Map.of(CONTENT_TYPE, "application/json; charset=utf-8");
        return new Answer(status, body.toByteArray(), headers, Delivery.WHOLE);
    }

    public static Answer ok(Json json) {
        return json(200, json);
    }

    public static Answer html(String page) {
        Map<String, String> headers = Map.of(CONTENT_TYPE, "text/html; charset=utf-8");
        return new Answer(200, page.getBytes(StandardCharsets.UTF_8), headers, Delivery.WHOLE);
    }

    public static Answer message(int status, String message) {
        return json(status, json -> {
            json.writeStartObject();
            json.writeStringField("message", message);
            json.writeEndObject();
        });
    }

    public Answer with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Answer(status, body, more, delivery);
    }

    public Answer delivered(Delivery manner) {
        return new Answer(status, body, headers, manner);
    }

    @FunctionalInterface
    public interface Json {
        void write(JsonGenerator json) throws IOException;
    }
}
