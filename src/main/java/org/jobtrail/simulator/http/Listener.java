package org.jobtrail.simulator.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Takes connections and has a conversation on each of them, in a thread of its own, until it is closed. */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final ServerSocket server = new ServerSocket();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(Listener::thread);

    /** @throws java.net.BindException if the port is taken or the address is not one of this machine */
    public Listener(String address, int port) throws IOException {
        try {
            server.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public void start(SSLContext tls, Conversation conversation) {
        threads.execute(() -> {
            while (!server.isClosed()) {
                accept(tls, conversation);
            }
        });
    }

    private void accept(SSLContext tls, Conversation conversation) {
        try {
            Socket connection = server.accept();
            open.add(connection);
            // Closed between the two lines: nobody else would close it.
            if (server.isClosed()) {
                connection.close();
            }
            threads.execute(() -> serve(connection, tls, conversation));
        } catch (IOException | RuntimeException e) {
            // Closed, or out of something for the moment.
        }
    }

    private void serve(Socket connection, SSLContext tls, Conversation conversation) {
        try (connection;
                SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(connection, null, true)) {
            connection.setTcpNoDelay(true);
            conversation.hold(secured.getInputStream(), secured.getOutputStream());
        } catch (IOException e) {
            // The client does not trust the certificate, or went away: its own business.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
        }
    }

    /** The connections themselves, not what secures them: that would want to say goodbye to a client that does not listen. */
    @Override
    public void close() {
        closed(server::close);
        threads.shutdownNow();
        open.forEach(connection -> closed(connection::close));
    }

    private static void closed(Closing closing) {
        try {
            closing.close();
        } catch (IOException e) {
            // Then it is closed already.
        }
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "simulator");
        thread.setDaemon(true);
        return thread;
    }
}
