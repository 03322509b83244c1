package org.jobtrail.crash;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.jobtrail.crash.Framing.Message;
import org.jobtrail.crash.Passing.Stage;

/** The only way from one instance to one of its servers: whoever closes it can be sure that nothing more arrives. */
final class Wire implements AutoCloseable {
    private final ServerSocket front;
    private final String host;
    private final int port;
    private final IntFunction<Framing> protocol;
    private final Watch watch;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean broken;

    /** @param protocol given this side's port */
    Wire(String host, int port, IntFunction<Framing> protocol, Watch watch) throws IOException {
        this.front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.host = host;
        this.port = port;
        this.protocol = protocol;
        this.watch = watch;
        threads.execute(this::accept);
    }

    int port() {
        return front.getLocalPort();
    }

    /** By these ports of ours the server knows who is connected. */
    List<Integer> portsAtTheServer() {
        return sessions.stream().map(session -> session.server.getLocalPort()).toList();
    }

    /** Resets the connections on which this was said. */
    int cutWhere(String text) {
        List<Session> found = sessions.stream()
                .filter(session -> session.said.stream().anyMatch(said -> said.contains(text)))
                .toList();
        found.forEach(Session::cut);
        return found.size();
    }

    /** Resets all connections, and each new one, until {@link #heal}. */
    void interrupt() {
        broken = true;
        sessions.forEach(Session::cut);
    }

    void heal() {
        broken = false;
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                if (broken) {
                    reset(client);
                } else {
                    var session = new Session(client, new Socket(host, port));
                    sessions.add(session);
                    threads.execute(session::requests);
                    threads.execute(session::answers);
                    if (broken) {
                        session.cut();
                    }
                }
            } catch (IOException e) {
                // Closed, or the server is.
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() {
        try {
            front.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        interrupt();
        threads.shutdownNow();
    }

    /** One connection. */
    final class Session {
        private final Socket client;
        private final Socket server;
        private final Framing framing;
        private final Set<String> said = ConcurrentHashMap.newKeySet();
        private volatile boolean open = true;

        private Session(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            this.framing = protocol.apply(port());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        boolean isOpen() {
            return open;
        }

        /** What has been stopped is lost. */
        void cut() {
            open = false;
            sessions.remove(this);
            reset(client);
            reset(server);
            watch.woken();
        }

        private void requests() {
            try (client;
                    server) {
                var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                OutputStream out = server.getOutputStream();
                while (open) {
                    Message message = framing.request(in);
                    if (message.text() != null) {
                        if (message.text().length() < 1_000) {
                            said.add(message.text());
                        }
                        watch.pass(new Passing(Stage.REQUEST, message.text()), this);
                    }
                    write(out, message.bytes(), 0, message.bytes().length);
                }
            } catch (IOException | InterruptedException e) {
                // One of the two hung up.
            } finally {
                cut();
            }
        }

        private void answers() {
            try (client;
                    server) {
                var in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
                OutputStream out = client.getOutputStream();
                while (open) {
                    Message message = framing.answer(in);
                    int half = message.bytes().length / 2;
                    if (message.first()) {
                        pass(Stage.ANSWERING, message);
                    }
                    write(out, message.bytes(), 0, half);
                    if (message.first() && message.last()) {
                        pass(Stage.HALFWAY, message);
                    }
                    int end = message.bytes().length - 1;
                    write(out, message.bytes(), half, end - half);
                    Watch.Delivery lastByte = () -> write(out, message.bytes(), end, 1);
                    if (message.last() && message.text() != null) {
                        watch.pass(new Passing(Stage.ANSWERED, message.text()), this, lastByte);
                    } else {
                        lastByte.deliver();
                    }
                }
            } catch (IOException | InterruptedException e) {
                // One of the two hung up.
            } finally {
                cut();
            }
        }

        private void pass(Stage stage, Message message) throws InterruptedException, IOException {
            if (message.text() != null) {
                watch.pass(new Passing(stage, message.text()), this);
            }
        }

        /** What was stopped when the connection was cut does not arrive. */
        private void write(OutputStream out, byte[] bytes, int from, int length) throws IOException {
            if (!open) {
                throw new IOException("cut");
            }
            out.write(bytes, from, length);
        }
    }
}
