package org.jobtrail.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * A VB365 server that answers what a test tells it to. It lets everybody log in where a test says no other; each login gives the
 * next token: token-1, token-2. It has no copy jobs. What it was told nothing about is 404.
 */
public final class FakeVeeam implements AutoCloseable {

    /** A call as it arrived: {@code target} is method, path and query. */
    public record Call(String target, String authorization, String body, Map<String, List<String>> headers) {}

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Deque<Answer>> script = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Predicate<Call> refused = call -> false;
    private int tokens;

    private FakeVeeam(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        on("GET /v6/CopyJobs", Answer.json("[]"));
        on("GET /v7/CopyJobs", Answer.json("[]"));
        on("GET /v8/CopyJobs", Answer.json("{\"offset\":0,\"limit\":10000,\"results\":[]}"));
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public static FakeVeeam start() throws IOException {
        return new FakeVeeam(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
    }

    public static FakeVeeam startWithTls(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return new FakeVeeam(server, "https");
    }

    public URI url() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers calls of the target one after the other; the last answer stays. The target may leave out its query. */
    public FakeVeeam on(String target, Answer... answers) {
        script.put(target, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    /** Answers 401 to the calls of which this is true, whatever they are told otherwise. It is asked before each answer, and may wait. */
    public FakeVeeam refuse(Predicate<Call> calls401) {
        refused = calls401;
        return this;
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The calls of a target, which may leave out its query. */
    public List<Call> calls(String target) {
        return calls.stream()
                .filter(call -> call.target().equals(target) || call.target().startsWith(target + "?"))
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
            String target = exchange.getRequestURI().getRawQuery() == null
                    ? path
                    : path + "?" + exchange.getRequestURI().getRawQuery();
            var call = new Call(
                    target,
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    body,
                    Map.copyOf(exchange.getRequestHeaders()));
            calls.add(call);
            (refused.test(call) ? Answer.status(401) : next(target, path)).send(exchange);
        }
    }

    private synchronized Answer next(String target, String path) {
        Deque<Answer> answers = script.containsKey(target) ? script.get(target) : script.get(path);
        if (answers == null) {
            return Answer.status(404);
        }
        Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
        return answer == Answer.TOKEN ? Answer.json(token()) : answer;
    }

    private String token() {
        tokens++;
        return """
                {"access_token":"token-%d","token_type":"bearer","refresh_token":"refresh-%d","expires_in":3600}
                """.formatted(tokens, tokens);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
