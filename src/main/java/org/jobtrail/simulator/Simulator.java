package org.jobtrail.simulator;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * A Veeam Backup for Microsoft 365 server that is not there: the token, organization and job calls of its REST API v1 and
 * v8 over HTTPS, about organizations whose jobs run, fail, change, go and come in time-lapse.
 *
 * <p>It runs until it is closed. Safe for any number of threads.
 */
public final class Simulator implements AutoCloseable {
    private static final int THREADS = 8;
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    private final HttpsServer server;
    private final ExecutorService threads;
    private final ServerCertificate certificate;

    private Simulator(HttpsServer server, ExecutorService threads, ServerCertificate certificate) {
        this.server = server;
        this.threads = threads;
        this.certificate = certificate;
    }

    /**
     * @throws java.net.BindException if the port is taken or the address is not one of this machine
     */
    public static Simulator start(SimulatorOptions options) throws IOException {
        return start(options, Optional.empty(), (request, answer) -> {});
    }

    /**
     * @param keyStore where the certificate is kept from start to start; without it each start has a new one
     * @param observer is told of each request when its answer is known, by the thread that sends it
     */
    static Simulator start(SimulatorOptions options, Optional<Path> keyStore, BiConsumer<Request, Answer> observer)
            throws IOException {
        withoutDelay();
        // First, because it fails at once where the certificate takes a second.
        HttpsServer server = HttpsServer.create(new InetSocketAddress(options.bindAddress(), options.port()), 0);
        try {
            List<String> names = options.hostName().stream().toList();
            ServerCertificate certificate = keyStore.isPresent()
                    ? ServerCertificate.kept(keyStore.get(), names)
                    : ServerCertificate.create(names);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate.sslContext()));
            String authority = "localhost:" + server.getAddress().getPort();
            Api api = api(options);
            server.createContext(
                    "/",
                    new Conversation(
                            request -> {
                                Answer answer = api.answer(request);
                                observer.accept(request, answer);
                                return answer;
                            },
                            authority));
            ExecutorService threads = Executors.newFixedThreadPool(THREADS, Simulator::thread);
            server.setExecutor(threads);
            server.start();
            return new Simulator(server, threads, certificate);
        } catch (IOException | RuntimeException e) {
            server.stop(0);
            throw e;
        }
    }

    public URI url() {
        return URI.create("https://localhost:" + port());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** The certificate that a client has to trust. */
    public String certificatePem() {
        return certificate.pem();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Api api(SimulatorOptions options) {
        World world = new World(options.seed(), options.organizations(), options.jobsPerOrganization(), options.pace());
        Tokens tokens = new Tokens(options.username(), options.password(), options.tokenLifetime(), options.clock());
        return new Api(world, tokens, options.clock());
    }

    /**
     * The JDK's server sends head and body of an answer in two packets, and the second waits 40 ms for the client's
     * acknowledgement of the first unless this is set before the first server of the process.
     */
    private static void withoutDelay() {
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "simulator");
        thread.setDaemon(true);
        return thread;
    }
}
