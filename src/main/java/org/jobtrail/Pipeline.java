package org.jobtrail;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.support.service.ServiceHelper;
import org.jobtrail.authenticate.AccessTokens;
import org.jobtrail.authenticate.DataCalls;
import org.jobtrail.authenticate.RenewToken;
import org.jobtrail.checkpoint.CheckpointMessages;
import org.jobtrail.database.Database;
import org.jobtrail.fetch.Deadline;
import org.jobtrail.fetch.HttpRequest;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.KnownPages;
import org.jobtrail.fetch.ListPages;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.fetch.Redelivery;
import org.jobtrail.fetch.Room;
import org.jobtrail.fetch.SourceClient;
import org.jobtrail.fetch.TrustedCertificates;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.HttpAnswers;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.observe.RouteTimings;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.Failures;
import org.jobtrail.poll.Installations;
import org.jobtrail.poll.LastCycle;
import org.jobtrail.poll.ListedOrganizations;
import org.jobtrail.poll.Membership;
import org.jobtrail.poll.Polling;
import org.jobtrail.poll.Shares;
import org.jobtrail.poll.Sharing;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.publish.EventMessages;
import org.jobtrail.record.CopyJobRecorder;
import org.jobtrail.record.HistoryRecorder;
import org.jobtrail.record.KnownLists;
import org.jobtrail.record.LastPolls;
import org.jobtrail.record.UnchangedLists;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.transform.JobTransformation;

/** The routes of the folder {@code routes/} and the beans that they call, from start to stop. */
public final class Pipeline implements AutoCloseable {

    /** Less than Camel waits, so that a cycle ends with its receipt. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(20);

    private static final Duration LONGEST_STOP = Duration.ofSeconds(45);

    private static final List<String> PUBLISHING =
            List.of("7-publish-events.camel.yaml", "9-write-checkpoint.camel.yaml");

    /** The route that each source has one of, made from this template. */
    private static final String POLL = "poll";

    /** How often is looked whether it is time, where instances share the polling: it may be any of them. */
    private static final Duration TICK = Duration.ofMillis(100);

    /** Of those that share the polling, each source has these as well. */
    private static final List<String> SHARING = List.of("share-out", "poll-share", "take-shares");

    /** A route that is not there would be missed only when somebody calls it. */
    private static final Set<String> ROUTES = Set.of(
            "authenticate",
            "fetch-list",
            "fetch-organizations",
            "note-organizations",
            "claim-organizations",
            "fetch-all-jobs",
            "fetch-jobs",
            "copy-jobs",
            "fetch-copy-jobs",
            "transform-jobs",
            "record-history",
            "record-together",
            "record-alone",
            "write-receipt",
            "tell-cycle");

    /** How often the timer fires. */
    public enum Polls {
        ALWAYS,
        ONCE,
        NEVER
    }

    private final Main main = new Main();
    private final Path home;
    private final Deadline deadline;
    private final List<Source> sources;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final Sharing sharing;
    private Membership membership;

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
        this.sources = settings.sources();
        this.home = home;
        sharing = new Sharing(
                settings.poll(), settings.poll().shared() && polls == Polls.ALWAYS, Installation.instance());
        deadline = new Deadline(Clock.systemUTC(), settings.poll().deadline(), Room.forAList());
        main.setDefaultPropertyPlaceholderLocation("false");
        // Who is told to end stops polling first, then publishes: Camel on its own would stop all at once.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.addMainListener(new SettingsOnly());
        configureCamel(settings);
        configureRoutes(settings, home, polls);
        bindBeans(settings, database, kafkaClients, metrics, health, gate, listener);
        sources.forEach(this::bindSource);
    }

    private void configureCamel(Settings settings) {
        property("camel.main.name", "jobtrail");
        property("camel.main.jmxEnabled", "false");
        // Kafka's headers have case: content-type must not become Content-Type on the way.
        property("camel.main.caseInsensitiveHeaders", "false");
        // An answer is kept whole by whoever receives it; a copy of each body in memory would be one too many.
        property("camel.main.streamCachingEnabled", "false");
        property("camel.main.shutdownTimeout", "" + LONGEST_STOP.toSeconds());
        property("camel.main.startupSummaryLevel", "Off");
        property("camel.main.autoConfigurationLogSummary", "false");
        // http and https are two components, with options of their own.
        for (String component : Set.of("http", "https")) {
            String prefix = "camel.component." + component + ".";
            property(prefix + "httpActivityListener", "#httpAnswers");
            property(prefix + "httpClientConfigurer", "#sourceClient");
            property(prefix + "copyHeaders", "false");
            property(prefix + "cookieManagementDisabled", "true");
            // Who sends again is decided in 0-on-error alone.
            property(prefix + "automaticRetriesDisabled", "true");
            property(prefix + "connectTimeout", "10000");
            property(prefix + "connectionRequestTimeout", "30000");
            // The deadline comes first, and says so: these are for what it cannot reach.
            property(
                    prefix + "soTimeout",
                    "" + settings.poll().deadline().plusSeconds(10).toMillis());
            property(
                    prefix + "responseTimeout",
                    "" + settings.poll().deadline().plusSeconds(10).toMillis());
            property(prefix + "connectionTimeToLive", "60000");
            // The JDK checks the server's name too, while it checks the certificate.
            property(prefix + "hostnameVerificationPolicy", "BOTH");
        }
    }

    private void configureRoutes(Settings settings, Path home, Polls polls) {
        property("camel.main.routesIncludePattern", "file:" + home + "/routes/*.camel.yaml");
        // Loaded by the publisher, when it is its turn to publish.
        property("camel.main.routesExcludePattern", "**/" + String.join(",**/", PUBLISHING));
        // Made while Camel starts: a timer of a route that comes later may lose its first tick.
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                for (Source source : sources) {
                    templatedRoute(POLL).routeId(pollOf(source)).parameter("source", source.name());
                    templatedRoute("poll-organizations")
                            .routeId("poll-organizations@" + source.name())
                            .parameter("source", source.name());
                    if (sharing.shared()) {
                        SHARING.forEach(route -> templatedRoute(route)
                                // A source may be called as a part of these names.
                                .routeId(route + "@" + source.name())
                                .parameter("source", source.name()));
                    }
                }
            }
        });
        property("jobtrail.home", home.toString());
        Duration tick = sharing.shared() ? TICK : settings.poll().period();
        property("poll.tick.millis", "" + tick.toMillis());
        property("poll.organizations", sharing.shared() ? "direct:share-out" : "direct:poll-organizations");
        // One share may take so long where each of its lists takes the longest that it may, one after the other.
        long longestShare =
                settings.poll().deadline().multipliedBy(Shares.LARGEST).toMillis();
        property("poll.share.millis", "" + Math.min(Integer.MAX_VALUE, longestShare));
        property("kafka.bootstrap-servers", settings.kafka().orElseThrow().bootstrapServers());
        property("kafka.topic.shares", settings.topics().shares());
        property("poll.automatic", "" + (polls != Polls.NEVER));
        property("poll.cycles", polls == Polls.ONCE ? "1" : "0");
        property("kafka.topic.events", settings.topics().events());
        property("kafka.topic.checkpoints", settings.topics().checkpoints());
        property("kafka.transactional-id", settings.kafka().orElseThrow().transactionalId());
        // A request holds at least one event, with its headers.
        property("kafka.request.bytes", "" + Math.max(1_048_576, settings.eventMaxBytes() + 100_000));
    }

    private void bindBeans(
            Settings settings,
            Database database,
            KafkaClients kafkaClients,
            Metrics metrics,
            PollHealth health,
            ComparisonGate gate,
            Consumer<Cycle> listener) {
        Duration patience = settings.poll().deadline();
        var accessTokens = new AccessTokens(new ObjectMapper(), Clock.systemUTC(), patience, metrics, health);
        main.bind("history", database.statements());
        main.bind("publication", database.publisherStatements());
        main.bind("sourceClient", new SourceClient(deadline, Installation.version()));
        main.bind("redelivery", new Redelivery(Clock.systemUTC(), Math::random));
        main.bind("kafkaClients", kafkaClients);
        main.bind("httpAnswers", new DataCalls(new HttpAnswers(metrics, Clock.systemUTC())));
        main.bind("routeTimings", new RouteTimings(metrics));
        main.bind("failures", new Failures());
        main.bind("installations", new Installations());
        main.bind("listedOrganizations", new ListedOrganizations());
        main.bind("accessTokens", accessTokens);
        main.bind("renewToken", new RenewToken(accessTokens, this::context));
        // Before it sends again, Camel puts the call that failed back on the message.
        main.bind("sendAgain", (Processor) HttpRequest::again);
        main.bind("organizationJson", OrganizationLists.json());
        var knownPages = KnownPages.ofThisProcess();
        var lastPolls = new LastPolls(System::nanoTime);
        main.bind("listPages", new ListPages());
        main.bind("organizationLists", new OrganizationLists(Clock.systemUTC(), patience, knownPages));
        main.bind("jobLists", new JobLists(Clock.systemUTC(), patience, knownPages));
        main.bind("unchangedLists", new UnchangedLists(lastPolls, sharing.shared(), knownPages.most()));
        main.bind("jobTransformation", new JobTransformation(new JobSnapshots(settings.eventMaxBytes())));
        main.bind(
                "historyRecorder",
                new HistoryRecorder(settings.absence(), patience(settings), KnownLists.ofThisProcess(), lastPolls));
        main.bind("copyJobRecorder", new CopyJobRecorder(patience(settings), lastPolls));
        main.bind("eventMessages", new EventMessages(settings.topics()));
        main.bind(
                "checkpointMessages",
                new CheckpointMessages(settings.checkpoint().file()));
        main.bind(
                "polling",
                new Polling(
                        settings.sources(),
                        settings.poll().period(),
                        Installation.version(),
                        metrics,
                        health,
                        gate,
                        sharing,
                        listener));
        main.bind("sharing", sharing);
        main.bind("shares", new Shares(sharing));
        main.bind("lastCycle", new LastCycle(metrics, health));
        main.bind("nothingComesBack", (AggregationStrategy) (before, branch) -> null);
        if (sharing.shared()) {
            membership = new Membership(
                    this::context, sources, settings.topics(), kafkaClients, database.pool(), gate, sharing);
        }
    }

    /** For so long a list that was read is still evidence of now: the time between two polls is covered up to here. */
    private static Duration patience(Settings settings) {
        return settings.poll().period().multipliedBy(2);
    }

    /** Threads of its own: a source that hangs takes no other's. */
    private void bindSource(Source source) {
        // A batch waits for its organizations: as many batches as organizations, and one that hangs keeps none waiting.
        for (String work : List.of("batches", "organizations")) {
            ExecutorService executor = Executors.newFixedThreadPool(source.concurrency());
            threads.add(executor);
            main.bind(work + "-of-" + source.name(), executor);
        }
        if (source.url().getScheme().equals("https")) {
            main.bind("trusted-by-" + source.name(), TrustedCertificates.of(source));
        }
    }

    private void property(String name, String value) {
        main.addOverrideProperty(name, value);
    }

    /** @throws InvalidRoutesException where the folder does not hold the routes that the program is made of */
    public void start() {
        try {
            main.start();
        } catch (Exception e) {
            throw new InvalidRoutesException("they do not start: " + e.getMessage(), e);
        }
        for (String file : PUBLISHING) {
            if (!Files.isReadable(home.resolve("routes").resolve(file))) {
                throw new InvalidRoutesException("there is no file %s".formatted(file), null);
            }
        }
        if (membership != null) {
            membership.start();
        }
        var missing = new TreeSet<>(ROUTES);
        context().getRoutes().stream().map(Route::getRouteId).forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw new InvalidRoutesException("there is no route %s".formatted(String.join(", ", missing)), null);
        }
    }

    private static String pollOf(Source source) {
        return POLL + "-" + source.name();
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
        return context().getInflightRepository().size(pollOf(source)) > 0;
    }

    /** Lets the cycles in hand end, all at once, and begins no other. A server that hangs is not waited for. */
    public void stopPolling() {
        if (context() == null) {
            return;
        }
        Set<String> polls = sources.stream().map(Pipeline::pollOf).collect(Collectors.toSet());
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
            long left = awaitEndOfCycles(LONGEST_STOP.minusSeconds(1));
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
        threads.forEach(ExecutorService::shutdownNow);
    }

    /** Camel would prefer a variable of the environment to what a command was told: republish would write to the topic of before. */
    private static final class SettingsOnly extends MainListenerSupport {

        @Override
        public void beforeInitialize(BaseMainSupport main) {
            var properties = (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
            properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
            properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        }
    }
}
