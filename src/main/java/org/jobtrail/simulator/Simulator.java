package org.jobtrail.simulator;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jobtrail.simulator.api.Api;
import org.jobtrail.simulator.api.ApiVersion;
import org.jobtrail.simulator.api.Moments;
import org.jobtrail.simulator.api.Tokens;
import org.jobtrail.simulator.fault.Fault;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Conversation;
import org.jobtrail.simulator.http.Delivery;
import org.jobtrail.simulator.http.Listener;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.http.ServerCertificate;
import org.jobtrail.simulator.world.World;

/**
 * A Veeam Backup for Microsoft 365 server that is not there: the token, organization, job and copy job calls of its REST API v1
 * to v8 over HTTPS, about organizations whose jobs run, fail, change, go and come in time-lapse.
 *
 * <p>It runs until it is closed. Safe for any number of threads.
 */
public final class Simulator implements AutoCloseable {
    private static final long SEED_OF_THE_SUCCESSOR = 0x5ECC_E550_0000L;

    private final Listener listener;
    private final ServerCertificate certificate;
    private final Faults faults;
    private final Installation installation;
    private final Installation successor;

    private Simulator(Listener listener, ServerCertificate certificate, SimulatorOptions options) {
        this.listener = listener;
        this.certificate = certificate;
        this.faults = new Faults(options.faults());
        this.installation = Installation.of(options, faults);
        this.successor = Installation.of(options.withSeed(options.seed() ^ SEED_OF_THE_SUCCESSOR), faults);
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
        List<String> names = options.hostName().stream().toList();
        return start(
                options,
                () -> keyStore.isPresent()
                        ? ServerCertificate.kept(keyStore.get(), names)
                        : ServerCertificate.create(names),
                observer);
    }

    static Simulator start(
            SimulatorOptions options, CertificateSource certificate, BiConsumer<Request, Answer> observer)
            throws IOException {
        // First, because it fails at once where the certificate takes a second.
        Listener listener = new Listener(options.bindAddress(), options.port());
        try {
            Simulator simulator = new Simulator(listener, certificate.get(), options);
            Moments moments = new Moments(simulator.faults::clockSkew);
            Clock clock = options.clock();
            listener.start(
                    simulator.certificate.sslContext(),
                    new Conversation(
                            request -> {
                                Answer answer = simulator.answer(request);
                                observer.accept(request, answer);
                                return answer;
                            },
                            () -> moments.httpDate(clock.instant()),
                            "localhost:" + listener.port()));
            return simulator;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private Answer answer(Request request) {
        if (faults.strikes(Fault.HANG)) {
            return Answer.empty(200).delivered(Delivery.NEVER);
        }
        Installation answering = faults.isOrdered(Fault.SERVER_REPLACED) ? successor : installation;
        Answer answer = answering.api().answer(request);
        Duration late = Duration.ofMillis(faults.number(Fault.SLOW_ANSWER).orElse(0));
        return answer.delivered(answer.delivery().after(late));
    }

    public URI url() {
        return URI.create("https://localhost:" + port());
    }

    public int port() {
        return listener.port();
    }

    /** The certificate that a client has to trust. */
    public String certificatePem() {
        return certificate.pem();
    }

    ServerCertificate certificate() {
        return certificate;
    }

    /** What is wrong with it; more can be, and less, while it runs. */
    public Faults faults() {
        return faults;
    }

    /** How often clients have tried to sign in with a password. */
    long logins() {
        return installation.tokens().logins() + successor.tokens().logins();
    }

    /** How often clients have tried to get a new pair of tokens for a refresh token. */
    long refreshes() {
        return installation.tokens().refreshes() + successor.tokens().refreshes();
    }

    @Override
    public void close() {
        listener.close();
    }

    @FunctionalInterface
    interface CertificateSource {
        ServerCertificate get() throws IOException;
    }

    /** What answers, and the tokens that it gave: another installation does not know them. */
    private record Installation(Api api, Tokens tokens) {

        static Installation of(SimulatorOptions options, Faults faults) {
            World world = new World(
                    options.seed(),
                    options.organizations(),
                    options.jobsPerOrganization(),
                    options.pace(),
                    options.turnover());
            Tokens tokens = new Tokens(
                    options.username(), options.password(), options.tokenLifetime(), options.clock(), faults);
            return new Installation(
                    new Api(
                            world,
                            options.apiVersions().stream()
                                    .flatMap(name -> ApiVersion.of(name).stream())
                                    .collect(Collectors.toSet()),
                            tokens,
                            options.clock(),
                            faults),
                    tokens);
        }
    }
}
