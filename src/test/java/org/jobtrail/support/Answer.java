package org.jobtrail.support;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What {@link FakeVeeam} sends back. */
public record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

    /** A new token, as after a good login. */
    public static final Answer TOKEN = new Answer(200, null, new byte[0]);

    /** No answer: the connection is closed. */
    public static final Answer HANG_UP = new Answer(0, null, new byte[0]);

    public Answer(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    public Answer with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, body, more);
    }

    public static Answer status(int status) {
        return new Answer(status, null, new byte[0]);
    }

    public static Answer json(String body) {
        return new Answer(200, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    public static Answer html(String body) {
        return new Answer(200, "text/html; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** The body that stands in {@code src/test/resources/veeam/}. */
    public static Answer file(String name) {
        return json(text(name));
    }

    public static String text(String name) {
        try (InputStream file = Answer.class.getResourceAsStream("/veeam/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void send(HttpExchange exchange) throws IOException {
        if (status == 0) {
            return;
        }
        headers.forEach(exchange.getResponseHeaders()::set);
        if (contentType != null) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
