package org.jobtrail.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a request from the wire and writes its answer there. */
final class Conversation implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final int NO_BODY = -1;

    private final Function<Request, Answer> api;
    private final String ownAuthority;

    Conversation(Function<Request, Answer> api, String ownAuthority) {
        this.api = api;
        this.ownAuthority = ownAuthority;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            // Also where no body is expected: the connection is only kept alive if its input was read to the end.
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST);
            // The one place between a question and its answer: a fault that a test orders would step in here.
            Answer answer = answer(exchange, body);
            send(answer, exchange);
        }
    }

    private Answer answer(HttpExchange exchange, byte[] body) {
        try {
            return api.apply(request(exchange, body));
        } catch (RuntimeException e) {
            // Method and path only: a query or a body may hold a secret.
            LOG.warn(
                    "Cannot answer {} {}",
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    e);
            return Answer.message(500, "An internal error occurred.");
        }
    }

    private Request request(HttpExchange exchange, byte[] body) {
        return Request.of(
                exchange.getRequestMethod(),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host"))
                        .orElse(ownAuthority),
                exchange.getRequestURI().getPath(),
                exchange.getRequestURI().getRawQuery(),
                new String(body, StandardCharsets.UTF_8),
                exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private static void send(Answer answer, HttpExchange exchange) throws IOException {
        if (answer.body().length == 0 || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), NO_BODY);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", Answer.CONTENT_TYPE);
        exchange.sendResponseHeaders(answer.status(), answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }
}
