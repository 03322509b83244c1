package org.jobtrail.pipeline;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.support.service.ServiceHelper;
import org.jobtrail.body.LargestList;
import org.jobtrail.database.Database;
import org.jobtrail.http.Deadline;
import org.jobtrail.http.TrustedCertificates;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.InHand;
import org.jobtrail.poll.Membership;
import org.jobtrail.poll.RouteNames;
import org.jobtrail.poll.Sharing;
import org.jobtrail.poll.SteadyTimer;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.settings.Program;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.Source;

/** The routes of the folder {@code routes/} and the beans that they call, from start to stop. */
public final class Pipeline implements AutoCloseable {

    /** Less than Camel waits, so that a cycle ends with its receipt. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(20);

    /** How often the timer fires. */
    public enum Polls {
        ALWAYS,
        ONCE,
        NEVER
    }

    private final Main main = new Main();
    private final Deadline deadline;
    private final List<Source> sources;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<SteadyTimer> timers = new ArrayList<>();
    private final Sharing sharing;
    private final RouteFiles routes;
    private final Membership membership;

    public Pipeline(
            Settings settings,
            Path home,
            Database database,
            KafkaClients kafkaClients,
            Metrics metrics,
            PollHealth health,
            Polls polls,
            ComparisonGate gate,
            Consumer<Cycle> listener) {
        sources = settings.sources();
        sharing = new Sharing(settings.poll().shared() && polls == Polls.ALWAYS, Program.instance());
        var inHand = new InHand();
        Clock clock = SteadyClock.fromNow();
        deadline = new Deadline(clock, settings.poll().deadline(), LargestList::bytes);
        routes = new RouteFiles(home, settings, polls, sharing.shared());
        membership = sharing.shared()
                ? new Membership(
                        this::context, sources, settings.topics(), kafkaClients, database.pool(), gate, sharing, inHand)
                : null;
        main.setDefaultPropertyPlaceholderLocation("false");
        // Who is told to end stops polling first, then publishes: Camel on its own would stop all at once.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        var camel = new CamelSettings(settings.poll().deadline());
        main.addMainListener(camel);
        camel.properties().forEach(main::addOverrideProperty);
        routes.properties().forEach(main::addOverrideProperty);
        main.configure().addRoutesBuilder(routes.routesOfEachSource());
        new Beans(
                        settings,
                        database,
                        kafkaClients,
                        metrics,
                        health,
                        gate,
                        sharing,
                        inHand,
                        deadline,
                        clock,
                        this::context,
                        listener)
                .bindTo(main);
        sources.forEach(this::bindSource);
    }

    /** Threads of its own: a source that hangs takes no other's. */
    private void bindSource(Source source) {
        // A batch waits for its organizations: as many batches as organizations, and one that hangs keeps none waiting.
        for (String work : List.of("batches", "organizations")) {
            ExecutorService executor = Executors.newFixedThreadPool(source.concurrency());
            threads.add(executor);
            main.bind(work + "-of-" + source.name(), executor);
        }
        var timer = new SteadyTimer(RouteNames.pollOf(source));
        timers.add(timer);
        main.bind("timer-of-" + source.name(), timer);
        if (source.url().getScheme().equals("https")) {
            main.bind("trusted-by-" + source.name(), TrustedCertificates.of(source));
        }
    }

    /** @throws InvalidRoutesException where the folder does not hold the routes that the program is made of */
    public void start() {
        try {
            main.start();
        } catch (Exception e) {
            throw new InvalidRoutesException("they do not start", e);
        }
        routes.checkFiles(context());
        routes.checkRoutes(context());
        if (membership != null) {
            membership.start();
        }
    }

    public Sharing sharing() {
        return sharing;
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    /** Waits until the cycles that were last heard of are over: they are told of before their exchanges have ended. */
    public void awaitEndOfCycles() throws InterruptedException {
        awaitEndOfCycles(Duration.ofDays(1));
    }

    /** Returns how many milliseconds of its patience are left. */
    private long awaitEndOfCycles(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (end - System.nanoTime() > 0 && sources.stream().anyMatch(this::isPolled)) {
            Thread.sleep(10);
        }
        return Math.max(0, Duration.ofNanos(end - System.nanoTime()).toMillis());
    }

    private boolean isPolled(Source source) {
        return context().getInflightRepository().size(RouteNames.pollOf(source)) > 0;
    }

    /** Lets the cycles in hand end, all at once, and begins no other. A server that hangs is not waited for. */
    public void stopPolling() {
        if (context() == null) {
            return;
        }
        Set<String> polls = sources.stream().map(RouteNames::pollOf).collect(Collectors.toSet());
        List<RouteStartupOrder> running = context().getCamelContextExtension().getRouteStartupOrder().stream()
                .filter(route -> polls.contains(route.getRoute().getRouteId()))
                .toList();
        deadline.endAfter(LAST_REQUESTS);
        try {
            running.forEach(route -> ServiceHelper.suspendService(route.getInput()));
            if (membership != null) {
                membership.close();
            }
            // Camel itself would look once a second whether they have ended.
            long left = awaitEndOfCycles(CamelSettings.LONGEST_STOP.minusSeconds(1));
            context().getShutdownStrategy().suspend(context(), running, left + 1_000, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("polling does not stop", e);
        }
    }

    /** Lets the exchanges in hand end. */
    @Override
    public void close() {
        main.stop();
        deadline.close();
        timers.forEach(SteadyTimer::cancel);
        threads.forEach(ExecutorService::shutdownNow);
    }
}
