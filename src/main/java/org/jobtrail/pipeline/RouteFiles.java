package org.jobtrail.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.jobtrail.kafka.LoadedRoute;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.poll.RouteNames;
import org.jobtrail.poll.Shares;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder {@code routes/}: what its placeholders stand for, which of its routes each source has of its own, and that none is missing. */
final class RouteFiles {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.routes");

    private static final String SUFFIX = ".camel.yaml";

    /** Loaded by the publisher, when it is its turn to publish. */
    private static final List<String> PUBLISHING =
            List.of("7-publish-events.camel.yaml", "9-write-checkpoint.camel.yaml");

    /** The templates of which each source has a route besides that of {@code poll}. */
    private static final List<String> ALONE = List.of(RouteNames.POLL_ORGANIZATIONS);

    /** The templates of which it has one where instances share the polling. */
    private static final List<String> SHARING =
            List.of(RouteNames.POLL_ORGANIZATIONS, RouteNames.SHARE_OUT, RouteNames.POLL_SHARE, RouteNames.TAKE_SHARES);

    /** How often each instance looks whether it is time, where instances share the polling. */
    private static final Duration TICK = Duration.ofMillis(100);

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
            "record-list",
            "record-history",
            "record-together",
            "record-alone",
            "compare-jobs",
            RouteNames.WRITE_RECEIPT,
            "tell-cycle");

    private final Path home;
    private final Settings settings;
    private final Polls polls;
    private final boolean shared;

    RouteFiles(Path home, Settings settings, Polls polls, boolean shared) {
        this.home = home;
        this.settings = settings;
        this.polls = polls;
        this.shared = shared;
    }

    Map<String, String> properties() {
        var properties = new HashMap<String, String>();
        properties.put("camel.main.routesIncludePattern", "file:" + home + "/routes/*" + SUFFIX);
        properties.put("camel.main.routesExcludePattern", "**/" + String.join(",**/", PUBLISHING));
        properties.put("jobtrail.home", home.toString());
        Duration tick = shared ? TICK : settings.poll().period();
        properties.put("poll.tick.millis", "" + tick.toMillis());
        properties.put("poll.automatic", "" + (polls != Polls.NEVER));
        properties.put("poll.cycles", polls == Polls.ONCE ? "1" : "0");
        properties.put("poll.organizations", shared ? "direct:share-out" : "direct:poll-organizations");
        // One share may take so long where each of its lists takes the longest that it may, one after the other.
        long longestShare =
                settings.poll().deadline().multipliedBy(Shares.LARGEST).toMillis();
        properties.put("poll.share.millis", "" + Math.min(Integer.MAX_VALUE, longestShare));
        Settings.Kafka kafka = settings.kafka().orElseThrow();
        properties.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        properties.put("kafka.transactional-id", kafka.transactionalId());
        properties.put("kafka.delivery.millis", "" + kafka.timeouts().delivery().toMillis());
        properties.put(
                "kafka.transaction.millis", "" + kafka.timeouts().transaction().toMillis());
        properties.put("kafka.topic.shares", settings.topics().shares());
        properties.put("kafka.topic.events", settings.topics().events());
        properties.put("kafka.topic.checkpoints", settings.topics().checkpoints());
        // A request holds at least one event, with its headers.
        properties.put("kafka.request.bytes", "" + Math.max(1_048_576, settings.eventMaxBytes() + 100_000));
        return properties;
    }

    /** Made while Camel starts: a timer of a route that comes later may lose its first tick. */
    RouteBuilder routesOfEachSource() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                for (Source source : settings.sources()) {
                    make(RouteNames.POLL, RouteNames.pollOf(source), source);
                    for (String template : shared ? SHARING : ALONE) {
                        make(template, RouteNames.of(source, template), source);
                    }
                }
            }

            private void make(String template, String route, Source source) {
                templatedRoute(template).routeId(route).parameter("source", source.name());
            }
        };
    }

    /** @throws InvalidRoutesException where one of the files that are loaded later is missing, or cannot be worked with */
    void checkFiles(CamelContext context) {
        for (String file : PUBLISHING) {
            Path path = home.resolve("routes").resolve(file);
            if (!Files.isReadable(path)) {
                throw new InvalidRoutesException("there is no file %s".formatted(file));
            }
            boolean holdsItsRoute;
            try {
                holdsItsRoute = new LoadedRoute(context, path).holdsItsRoute();
            } catch (Exception e) {
                throw new InvalidRoutesException("%s does not load".formatted(file), e);
            }
            if (!holdsItsRoute) {
                throw new InvalidRoutesException("%s does not hold the route that it is named after".formatted(file));
            }
        }
        ignored()
                .forEach(
                        file -> LOG.warn("routes/{} is not read: the name of a route file ends with {}", file, SUFFIX));
    }

    /** An operator who adds a route under another name would look for it in vain. */
    private List<String> ignored() {
        try (Stream<Path> files = Files.list(home.resolve("routes"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.endsWith(SUFFIX) && !file.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidRoutesException("it cannot be listed", e);
        }
    }

    /** @throws InvalidRoutesException where the folder does not hold the routes that the program is made of */
    void checkRoutes(CamelContext context) {
        var missing = new TreeSet<>(ROUTES);
        context.getRoutes().stream().map(Route::getRouteId).forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw new InvalidRoutesException("there is no route %s".formatted(String.join(", ", missing)));
        }
    }
}
