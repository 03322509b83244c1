package org.jobtrail.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Stands between the program and PostgreSQL, and hangs up or falls silent at a moment that a test chooses, once. */
public final class DatabaseProxy implements AutoCloseable {

    /** When a statement and its commit are on their way. */
    public enum Moment {
        BEFORE_THE_STATEMENT,
        STATEMENT_IS_RUNNING,
        BEFORE_THE_COMMIT,
        COMMIT_IS_RUNNING,
        AFTER_THE_COMMIT
    }

    private record Cut(String statement, Moment moment) {}

    private final ServerSocket server;
    private final URI database;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<Cut> cut = new AtomicReference<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile String lastWords = "";
    private volatile boolean silent;

    private DatabaseProxy(ServerSocket server, URI database) {
        this.server = server;
        this.database = database;
    }

    public static DatabaseProxy before(TestDatabase database) throws IOException {
        var proxy = new DatabaseProxy(
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                URI.create(database.url().substring("jdbc:".length())));
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** The same database, by way of here. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:%d%s".formatted(server.getLocalPort(), database.getPath());
    }

    public void cut(String statement, Moment moment) {
        cut.set(new Cut(statement, moment));
    }

    /** From such a statement on nothing gets through, on any connection, and nobody hangs up. */
    public void fallSilentAt(String statement) {
        lastWords = statement;
    }

    public int cuts() {
        return cuts.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                var session = new Session(client, new Socket(database.getHost(), database.getPort()));
                threads.execute(session::requests);
                threads.execute(session::answers);
            }
        } catch (SocketException e) {
            // Closed.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    /** One connection. A statement comes with its text, the commit is what is sent after its answer. */
    private final class Session {
        private final Socket client;
        private final Socket server;
        private volatile Moment due;
        private volatile boolean answered;
        private volatile boolean committing;

        Session(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() {
            pass(client, server, text -> {
                Cut wanted = cut.get();
                if (due != null && answered) {
                    committing = true;
                    return due == Moment.BEFORE_THE_COMMIT ? -1 : due == Moment.COMMIT_IS_RUNNING ? 0 : 1;
                }
                if (due == null
                        && wanted != null
                        && text.contains(wanted.statement())
                        && cut.compareAndSet(wanted, null)) {
                    due = wanted.moment();
                    return due == Moment.BEFORE_THE_STATEMENT ? -1 : due == Moment.STATEMENT_IS_RUNNING ? 0 : 1;
                }
                return 1;
            });
        }

        void answers() {
            pass(server, client, text -> {
                if (due != null) {
                    answered = true;
                    return committing && due == Moment.AFTER_THE_COMMIT ? -1 : 1;
                }
                return 1;
            });
        }

        /** @param fate of what was read: 1 goes on, 0 goes on and is the last, -1 is dropped and nothing follows */
        private void pass(Socket from, Socket to, java.util.function.ToIntFunction<String> fate) {
            byte[] buffer = new byte[1 << 20];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    String text = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                    silent = silent || !lastWords.isEmpty() && text.contains(lastWords);
                    while (silent) {
                        Thread.sleep(10);
                    }
                    int decision = fate.applyAsInt(text);
                    if (decision >= 0) {
                        out.write(buffer, 0, read);
                        out.flush();
                    }
                    if (decision <= 0) {
                        cuts.incrementAndGet();
                        return;
                    }
                }
            } catch (IOException | InterruptedException e) {
                // One of the two hung up, or the test is over.
            }
        }
    }
}
