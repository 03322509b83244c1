package org.jobtrail.benchmark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.jobtrail.support.TestCertificate;

/**
 * A VB365 server that only has lists, made on the fly of a template: as fast as TLS allows, and of the same speed for everybody who
 * asks. Who logs in as {@link #GATED} waits at the gate with its list of organizations, and is counted. Thread-safe.
 */
final class ListServer implements AutoCloseable {

    static final String GATED = "jobtrail";

    private static final Pattern NUMBER = Pattern.compile("(offset|limit)=(\\d+)");
    private static final Pattern ORGANIZATION = Pattern.compile("(?:Organizations/|organizationId=)([0-9a-f-]{36})");

    /** What was asked and answered on behalf of the one that is measured. */
    record Traffic(long requests, long bytes) {
        Traffic since(Traffic before) {
            return new Traffic(requests - before.requests, bytes - before.bytes);
        }
    }

    /** Replaced as a whole: nobody sees one half old and one half new. */
    private record World(Population population, Map<String, Integer> organizations) {
        static World of(Population population) {
            var organizations = new HashMap<String, Integer>();
            for (int i = 0; i < population.organizations(); i++) {
                organizations.put(population.organizationId(i), i);
            }
            return new World(population, organizations);
        }
    }

    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private final String version;
    private final boolean paged;
    private final boolean gzip;
    private final JobTemplate template;
    private final TestCertificate certificate;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Gate gate = new Gate();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile World world = World.of(new Population(0, 0));

    ListServer(String version, boolean gzip, Path directory) throws Exception {
        this.version = version;
        this.paged = version.equals("v8");
        this.gzip = gzip;
        this.template = JobTemplate.of(version);
        this.certificate = TestCertificate.create(directory);
        this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.tls()));
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    Path pem() {
        return certificate.pem();
    }

    /** For clients that trust this server alone. */
    SSLContext trust() throws Exception {
        return Trust.only(certificate.certificate());
    }

    String version() {
        return version;
    }

    Gate gate() {
        return gate;
    }

    Traffic traffic() {
        return new Traffic(requests.get(), bytes.get());
    }

    Population population() {
        return world.population();
    }

    void populate(Population population) {
        world = World.of(population);
    }

    /** Of each answer for jobs, as this server writes it: one for an array, one for a page of 10,000. */
    ListText list(int organization, int offset) {
        var jobs = ListText.Jobs.of(population(), organization);
        return paged
                ? ListText.page(template, population(), jobs, offset, ListPaths.LIMIT)
                : ListText.array(template, population(), jobs);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean gated = ("Bearer " + GATED).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            String path = exchange.getRequestURI().getPath().substring(version.length() + 1);
            if (path.equalsIgnoreCase("/token")) {
                String form = new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1);
                String username = form.replaceAll("(?s).*username=([^&]*).*", "$1");
                send(
                        exchange,
                        gated,
                        "{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":86400}".formatted(username));
            } else if (path.equals("/ServiceInstance")) {
                send(
                        exchange,
                        gated,
                        "{\"installationId\":\"49da16eb-038f-425c-8b17-cf5a024d9e23\",\"version\":\"8.0.0.1\"}");
            } else if (path.equals("/Organizations")) {
                int offset = number(exchange, "offset", 0);
                if (gated && offset == 0) {
                    // Counted from here on, with the others of its poll.
                    gate.pass();
                }
                send(exchange, gated, organizations(offset, number(exchange, "limit", ListPaths.LIMIT)));
            } else if (path.equals("/CopyJobs")) {
                send(exchange, gated, paged ? page(0, ListPaths.LIMIT, "") : "[]");
            } else {
                jobs(exchange, gated);
            }
        } catch (InterruptedException e) {
            exchange.close();
        } catch (IOException | RuntimeException e) {
            // Half an answer must not pass for a whole one.
            exchange.close();
            throw e;
        }
    }

    private void jobs(HttpExchange exchange, boolean gated) throws IOException {
        World now = world;
        Matcher id = ORGANIZATION.matcher(exchange.getRequestURI().toString());
        Integer organization = id.find() ? now.organizations().get(id.group(1)) : null;
        boolean all = exchange.getRequestURI().getPath().equals("/" + version + "/Jobs") && organization == null;
        if (organization == null && !all) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        var jobs = all ? ListText.Jobs.all(now.population()) : ListText.Jobs.of(now.population(), organization);
        ListText list = paged
                ? ListText.page(
                        template, now.population(), jobs, number(exchange, "offset", 0), number(exchange, "limit", 30))
                : ListText.array(template, now.population(), jobs);
        send(exchange, gated, list.length(), list::writeTo);
    }

    private String organizations(int offset, int limit) {
        Population population = population();
        int to = paged ? Math.min(offset + limit, population.organizations()) : population.organizations();
        var text = new StringBuilder();
        for (int i = offset; i < to; i++) {
            String name = "tenant-%05d.onmicrosoft.com".formatted(i);
            String id = population.organizationId(i);
            text.append(i == offset ? "" : ",").append("""
                    {"type":"Office365","id":"%s","region":"Worldwide","name":"%s","officeName":"%s","description":null,\
                    "isExchangeOnline":true,"isSharePointOnline":true,"exchangeOnlineSettings":\
                    {"useApplicationOnlyAuth":false,"account":"backup@%s","applicationId":null},"isTeamsOnline":null,\
                    "_links":{"self":{"href":"/%s/Organizations/%s"},"jobs":{"href":"/%s/Organizations/%s/Jobs"}},\
                    "_actions":{}}""".formatted(id, name, name, name, version, id, version, id));
        }
        return paged ? page(offset, limit, text.toString()) : "[" + text + "]";
    }

    private static String page(int offset, int limit, String results) {
        return "{\"offset\":%d,\"limit\":%d,\"_links\":{},\"results\":[%s]}".formatted(offset, limit, results);
    }

    private static int number(HttpExchange exchange, String name, int otherwise) {
        String query = exchange.getRequestURI().getQuery();
        Matcher number = NUMBER.matcher(query == null ? "" : query);
        while (number.find()) {
            if (number.group(1).equals(name)) {
                return Integer.parseInt(number.group(2));
            }
        }
        return otherwise;
    }

    private void send(HttpExchange exchange, boolean gated, String text) throws IOException {
        byte[] body = text.getBytes(ISO_8859_1);
        send(exchange, gated, body.length, out -> out.write(body));
    }

    private void send(HttpExchange exchange, boolean gated, long length, Body body) throws IOException {
        if (gated) {
            requests.incrementAndGet();
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        if (gzip && accepted != null && accepted.contains("gzip")) {
            var packed = new ByteArrayOutputStream();
            try (var out = new GZIPOutputStream(packed)) {
                body.writeTo(out);
            }
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, packed.size());
            packed.writeTo(exchange.getResponseBody());
            count(gated, packed.size());
        } else {
            exchange.sendResponseHeaders(200, length);
            body.writeTo(exchange.getResponseBody());
            count(gated, length);
        }
        exchange.getResponseBody().close();
    }

    private void count(boolean gated, long length) {
        if (gated) {
            bytes.addAndGet(length);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
