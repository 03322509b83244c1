package org.jobtrail.observe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings.Http;

/** Serves health and metrics, read-only, on the paths of Camel's own observability service. */
public final class ObserveServer implements AutoCloseable {

    /** Enough that checks which wait for a dead database do not keep /live from answering. */
    private static final int THREADS = 16;

    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Health health;
    private final Metrics metrics;

    private ObserveServer(HttpServer server, Health health, Metrics metrics) {
        this.server = server;
        this.health = health;
        this.metrics = metrics;
    }

    public static ObserveServer start(Http settings, Health health, Metrics metrics) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
            var observe = new ObserveServer(server, health, metrics);
            server.createContext("/", observe::answer);
            server.setExecutor(observe.threads);
            server.start();
            return observe;
        } catch (IOException | RuntimeException e) {
            throw new InvalidSettingException(
                    "http.port",
                    "is %d, on which nothing can listen at http.host %s (%s): set another, or 0 for any free one"
                            .formatted(settings.port(), settings.host(), e.getMessage()));
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/observe/health/live" -> checks(exchange, List.of());
                case "/observe/health/ready" -> checks(exchange, health.ready());
                case "/observe/health" -> checks(exchange, health.all());
                case "/observe/metrics" -> send(exchange, 200, PROMETHEUS, metrics.text());
                default -> exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void checks(HttpExchange exchange, List<Health.Check> checks) throws IOException {
        boolean up = checks.stream().allMatch(Health.Check::up);
        var body = new LinkedHashMap<String, Object>();
        body.put("status", status(up));
        var list = new ArrayList<Object>();
        for (Health.Check check : checks) {
            var one = new LinkedHashMap<String, Object>();
            one.put("name", check.name());
            one.put("status", status(check.up()));
            one.put("data", check.data());
            list.add(one);
        }
        body.put("checks", list);
        send(
                exchange,
                up ? 200 : 503,
                JSON,
                json.writerWithDefaultPrettyPrinter().writeValueAsString(body) + "\n");
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
