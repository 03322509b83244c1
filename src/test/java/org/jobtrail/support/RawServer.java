package org.jobtrail.support;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that misbehaves as no HTTP server can: what it sends is written byte by byte, one answer on each connection. */
public final class RawServer implements AutoCloseable {

    /** What is sent for a request; the connection is closed after it. */
    public interface Behaviour {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final ServerSocket server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, Deque<Behaviour>> script = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private RawServer(ServerSocket server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        threads.execute(this::accept);
    }

    public static RawServer start() throws IOException {
        return new RawServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), "http");
    }

    /** One that does not speak TLS: it takes what comes and says nothing. */
    public static RawServer startWithDeafTls() throws IOException {
        return new RawServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), "https")
                .on("", RawServer::nothing);
    }

    /** Says nothing, until one of the two hangs up. */
    public static void nothing(OutputStream out) throws InterruptedException {
        Thread.sleep(600_000);
    }

    public static Behaviour sends(String... parts) {
        return out -> {
            for (String part : parts) {
                out.write(part.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
        };
    }

    public static Behaviour json(String body) {
        return json("", body);
    }

    /** @param headers lines of them, each with its end */
    public static Behaviour json(String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return out -> {
            sends(
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n"
                                    .formatted(headers, bytes.length))
                    .answer(out);
            out.write(bytes);
        };
    }

    /** First this, then the same byte, slowly and without an end. */
    public static Behaviour drips(String beginning, char drop) {
        return out -> {
            sends(beginning).answer(out);
            while (true) {
                out.write(drop);
                out.flush();
                Thread.sleep(20);
            }
        };
    }

    /** Answers calls of the target one after the other; the last answer stays. */
    public RawServer on(String target, Behaviour... answers) {
        script.put(target, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    public URI url() {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
    }

    /** Each request as it came: its line and its headers. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            String target = "";
            if (scheme.equals("http")) {
                String request = request(new BufferedInputStream(connection.getInputStream()));
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                target = request.replaceFirst("(?s)^(\\S+ [^?\\s]+).*", "$1");
            }
            next(target).answer(connection.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // the other side hung up, or this one closes
        } finally {
            connections.remove(connection);
        }
    }

    private synchronized Behaviour next(String target) {
        Deque<Behaviour> answers = script.get(target);
        if (answers == null) {
            return sends("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
        return answers.size() > 1 ? answers.remove() : answers.element();
    }

    private static String request(InputStream in) throws IOException {
        var head = new StringBuilder();
        int next;
        while (head.indexOf("\r\n\r\n") < 0 && (next = in.read()) >= 0) {
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            in.readNBytes(Integer.parseInt(length.group(1)));
        }
        return head.toString().strip();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
