package org.jobtrail.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.jobtrail.body.OversizedAnswerException;
import org.jobtrail.support.RawServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP client as Camel uses it, on a server that misbehaves. */
class DeadlineTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String LATE = "the server had not answered all of it in time (poll.deadline is 0 s)";

    private final PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    private RawServer server;

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start();
        connections.setDefaultMaxPerRoute(2);
    }

    @AfterEach
    void stop() throws IOException {
        connections.close();
        server.close();
    }

    static Stream<Arguments> slow() {
        return Stream.of(
                arguments("no answer", (RawServer.Behaviour) RawServer::nothing),
                arguments("a header that does not end", RawServer.drips("HTTP/1.1 200 OK\r\nX: ", 'x')),
                arguments(
                        "a body of a byte now and then", RawServer.drips(HEAD + "Content-Length: 100000\r\n\r\n", ' ')),
                arguments(
                        "a chunk of the same",
                        RawServer.drips(HEAD + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n", ' ')),
                arguments("a body until the connection ends", RawServer.drips(HEAD + "\r\n[", ' ')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slow")
    void whatDoesNotComeInTimeIsEnded(String name, RawServer.Behaviour behaviour) throws IOException {
        server.on("GET /list", behaviour);

        assertThatThrownBy(() -> get(server.url(), Duration.ofMillis(150))).hasMessage(LATE);
        assertNoConnectionIsHeld();
    }

    @Test
    void aHandshakeThatDoesNotEndIsEnded() throws IOException {
        try (RawServer deaf = RawServer.startWithDeafTls()) {
            assertThatThrownBy(() -> get(deaf.url(), Duration.ofMillis(150))).hasMessage(LATE);
        }
        assertNoConnectionIsHeld();
    }

    @Test
    void aConnectionThatIsNotAcceptedIsEnded() throws IOException {
        List<Socket> queue = new ArrayList<>();
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            try {
                while (queue.size() < 50) {
                    Socket waiting = new Socket();
                    queue.add(waiting);
                    waiting.connect(full.getLocalSocketAddress(), 200);
                }
            } catch (SocketTimeoutException e) {
                // Now nobody else is let in.
            }
            assertThatThrownBy(() -> get(URI.create("http://127.0.0.1:" + full.getLocalPort()), Duration.ofMillis(150)))
                    .hasMessage(LATE);
        } finally {
            for (Socket waiting : queue) {
                waiting.close();
            }
        }
        assertNoConnectionIsHeld();
    }

    @Test
    void aConnectionThatIsNotFreeInTimeIsNotWaitedFor() throws Exception {
        server.on("GET /list", RawServer::nothing);
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            others.add(new Thread(() -> assertThatThrownBy(() -> get(server.url(), Duration.ofSeconds(2)))
                    .hasMessageContaining("poll.deadline")));
            others.get(i).start();
        }
        while (connections.getTotalStats().getLeased() < 2) {
            Thread.onSpinWait();
        }

        assertThatThrownBy(() -> get(server.url(), Duration.ofMillis(150))).hasMessage(LATE);
        for (Thread other : others) {
            other.join();
        }
        assertNoConnectionIsHeld();
    }

    @Test
    void aHundredServersThatHangLeaveNeitherThreadNorConnectionBehind() throws IOException {
        server.on("GET /list", RawServer::nothing).on("GET /good", RawServer.json("[]"));
        try (var deadline = new Deadline(Clock.systemUTC(), Duration.ofMillis(10), () -> 1_000);
                CloseableHttpClient client = client(deadline)) {
            assertThatThrownBy(() -> get(client, server.url(), "/list")).isInstanceOf(DeadlineException.class);
            long threads = ours();
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> get(client, server.url(), "/list")).isInstanceOf(DeadlineException.class);
            }

            // One of another test may have ended meanwhile.
            assertThat(ours()).isLessThanOrEqualTo(threads);
            assertThat(connections.getTotalStats().getPending()).isZero();
        }
        assertThat(new String(get(server.url(), "/good", Duration.ofSeconds(30)), StandardCharsets.UTF_8))
                .isEqualTo("[]");
    }

    @Test
    void anAnswerInTimeLeavesItsConnectionForTheNext() throws IOException {
        server.on("GET /list", RawServer.sends(HEAD + "Content-Length: 2\r\n\r\n[]"));

        assertThat(get(server.url(), Duration.ofSeconds(30))).hasSize(2);
        assertThat(connections.getTotalStats().getAvailable()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000_000_000L, Long.MAX_VALUE})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anAnswerThatIsTooLargeIsEndedAndNotReadToItsEnd(long announced) throws IOException {
        server.on("GET /list", out -> {
            RawServer.sends(HEAD + "Content-Length: %d\r\n\r\n".formatted(announced))
                    .answer(out);
            while (true) {
                out.write(new byte[100_000]);
            }
        });

        assertThatThrownBy(() -> get(server.url(), Duration.ofSeconds(60)))
                .isInstanceOf(OversizedAnswerException.class)
                .hasMessageStartingWith("the answer is larger than 1 MB");
        assertNoConnectionIsHeld();
    }

    @Test
    void anAnswerThatUnpacksToTooMuchIsEndedToo() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[50_000_000]);
        }
        server.on("GET /list", out -> {
            RawServer.sends(HEAD + "Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n".formatted(packed.size()))
                    .answer(out);
            packed.writeTo(out);
        });

        assertThat(packed.size()).isLessThan(1_000_000);
        assertThatThrownBy(() -> get(server.url(), Duration.ofSeconds(60)))
                .isInstanceOf(OversizedAnswerException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "br", "zstd", "pack200", "gzip, zstd"})
    void whatIsPackedOtherwiseThanAskedIsNotUnpacked(String encoding) {
        server.on(
                "GET /list",
                RawServer.sends(HEAD + "Content-Encoding: %s\r\nContent-Length: 2\r\n\r\n[]".formatted(encoding)));

        assertThatThrownBy(() -> get(server.url(), Duration.ofSeconds(60)))
                .hasMessageContaining("Unsupported Content-Encoding");
    }

    @ParameterizedTest(name = "list: {0}")
    @ValueSource(booleans = {true, false})
    void onlyAListMayBeLarge(boolean list) throws IOException {
        server.on("GET /list", out -> {
            RawServer.sends(HEAD + "Content-Length: 5000000\r\n\r\n").answer(out);
            out.write(new byte[5_000_000]);
        });
        try (var deadline = new Deadline(Clock.systemUTC(), Duration.ofSeconds(60), () -> 10_000_000);
                CloseableHttpClient client = client(deadline)) {
            var request = new HttpGet(server.url().resolve("/list"));
            request.setHeader("Authorization", "Bearer token");
            if (list) {
                request.setHeader(Deadline.LIST, "true");
            }

            if (list) {
                assertThat(get(client, request)).hasSize(5_000_000);
            } else {
                assertThatThrownBy(() -> get(client, request)).isInstanceOf(OversizedAnswerException.class);
            }
        }
        assertThat(server.requests()).singleElement().asString().doesNotContain("Jobtrail-");
    }

    /** Who ends a request gives its connection back a moment after the request has failed. */
    private void assertNoConnectionIsHeld() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (connections.getTotalStats().getLeased() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(connections.getTotalStats().getLeased()).isZero();
    }

    /** Threads that are not the test server's, the JVM's own, or of an instance that another test has killed. */
    private static long ours() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() == group)
                .filter(thread -> !thread.getName().startsWith("pool-"))
                .count();
    }

    private byte[] get(URI url, Duration patience) throws IOException {
        return get(url, "/list", patience);
    }

    private byte[] get(URI url, String path, Duration patience) throws IOException {
        try (var deadline = new Deadline(Clock.systemUTC(), patience, () -> 1_000_000);
                CloseableHttpClient client = client(deadline)) {
            return get(client, url, path);
        }
    }

    private CloseableHttpClient client(Deadline deadline) {
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setConnectionManagerShared(true)
                .disableAutomaticRetries();
        new SourceClient(deadline, "1").configureHttpClient(builder);
        return builder.build();
    }

    /** As Camel's producer does it: the entity is consumed whatever happened. */
    private static byte[] get(CloseableHttpClient client, URI url, String path) throws IOException {
        return get(client, new HttpGet(url.resolve(path)));
    }

    private static byte[] get(CloseableHttpClient client, HttpGet request) throws IOException {
        var response = client.executeOpen(null, request, null);
        try {
            return response.getEntity().getContent().readAllBytes();
        } finally {
            EntityUtils.consume(response.getEntity());
        }
    }
}
