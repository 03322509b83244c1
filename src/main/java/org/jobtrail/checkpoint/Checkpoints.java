package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.LoadedRoute;
import org.jobtrail.kafka.TopicDescriptions;
import org.jobtrail.kafka.Topics;
import org.jobtrail.observe.Metrics;
import org.jobtrail.settings.Program;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes checkpoints when they are due, by {@code 9-write-checkpoint}, for as long as this instance is the one that publishes. Used by
 * the publisher's thread. What fails costs no event: it is said, the route and its producer are thrown away, and it is tried again,
 * from what the topic holds. Only an instance that was fenced by another one stops publishing too.
 */
public final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    /** How soon to look again, where one was due and nothing had moved. */
    private static final Duration NOTHING_MOVED = Duration.ofSeconds(10);

    private final ProducerTemplate template;
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final Settings.Checkpoint settings;
    private final CheckpointKey key;
    private final Clock clock;
    private final Metrics metrics;
    private final LoadedRoute route;
    private CheckpointChain chain;
    private Duration pause = FIRST_PAUSE;
    private long dueNanos = System.nanoTime();
    private volatile String problem;

    public Checkpoints(
            CamelContext context,
            KafkaClients clients,
            KafkaTopics topics,
            Settings.Checkpoint settings,
            CheckpointKey key,
            Clock clock,
            Metrics metrics,
            Path home) {
        this.template = context.createProducerTemplate();
        this.clients = clients;
        this.topics = topics;
        this.settings = settings;
        this.key = key;
        this.clock = clock;
        this.metrics = metrics;
        this.route = new LoadedRoute(context, home.resolve("routes/9-write-checkpoint.camel.yaml"));
    }

    /**
     * Looks, without taking one: what would keep any from being taken.
     *
     * @param key the file's, which is there
     */
    public static Optional<String> problem(
            KafkaClients clients, KafkaTopics topics, Settings.Checkpoint settings, CheckpointKey key)
            throws InterruptedException {
        try (Admin admin = clients.admin()) {
            Optional<Checkpoint> last =
                    TopicDescriptions.find(admin, topics.checkpoints()).isPresent()
                            ? new CheckpointTopic(clients, topics.checkpoints(), key.trusted()).last()
                            : Optional.empty();
            new CheckpointFile(settings.file()).require(last);
            return Optional.empty();
        } catch (CheckpointException | IOException e) {
            return Optional.of(Reason.of(e));
        }
    }

    /** Why none could be taken last. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** @throws Exception where another instance has taken over */
    public void takeIfDue() throws Exception {
        if (isDue()) {
            attempt(false);
        }
    }

    /** Somebody has changed the topic: it is looked at as at the start, at once, whether or not a checkpoint is due. */
    public void startOver() {
        stop();
        pause = FIRST_PAUSE;
        due(Duration.ZERO);
    }

    /** Another instance takes them: what was wrong here is not to be told any more. */
    public void leaveToOthers() {
        problem = null;
    }

    /** Takes one of what has moved since the last, due or not. */
    public void takeLast() throws Exception {
        attempt(true);
    }

    private void attempt(boolean now) throws Exception {
        try {
            if (chain == null) {
                begin();
            }
            if (now || isDue()) {
                take();
            }
            problem = null;
            pause = FIRST_PAUSE;
        } catch (Exception e) {
            report(e);
            due(pause);
            pause = shorter(pause.multipliedBy(2), settings.period());
            stop();
            if (isFenced(e)) {
                throw e;
            }
        }
    }

    /** The route first: its new producer ends what a predecessor has left open, and only then is the topic's end known. */
    private void begin() throws Exception {
        try (Admin admin = clients.admin()) {
            new Topics(topics).ensureCheckpoints(admin);
        }
        route.load();
        var topic = new CheckpointTopic(clients, topics.checkpoints(), key.trusted());
        Optional<Checkpoint> last = topic.last();
        last.filter(checkpoint -> !key.trusted().vouchFor(checkpoint))
                .ifPresent(checkpoint -> LOG.warn(
                        "{} is signed by a key that checkpoint.key-file does not hold: verify trusts it once its PUBLIC KEY is there",
                        checkpoint));
        new CheckpointFile(settings.file()).complete(topic, last);
        chain = new CheckpointChain(key, Program.version(), clock, last);
        last.ifPresent(checkpoint -> metrics.checkpoints(0, checkpoint.takenAt()));
        due(last.map(this::left).orElse(Duration.ZERO));
    }

    /** How much of the period is left after a checkpoint that somebody took; our clocks need not agree. */
    private Duration left(Checkpoint checkpoint) {
        Duration left = Duration.between(clock.instant(), checkpoint.takenAt().plus(settings.period()));
        return left.isNegative() ? Duration.ZERO : shorter(left, settings.period());
    }

    private void take() throws Exception {
        Exchange done = template.send(route.uri(), exchange -> exchange.setVariable("chain", chain));
        if (done.getException() != null) {
            throw done.getException();
        }
        if (chain.taken() == 0) {
            due(shorter(NOTHING_MOVED, settings.period()));
            return;
        }
        metrics.checkpoints(chain.taken(), chain.last().orElseThrow().takenAt());
        due(settings.period());
    }

    /** Throws producer and chain away. */
    public void stop() {
        chain = null;
        try {
            route.unload();
        } catch (Exception e) {
            LOG.warn("the route of the checkpoints does not end: {}", e.toString());
        }
    }

    private boolean isDue() {
        return System.nanoTime() - dueNanos >= 0;
    }

    private void due(Duration in) {
        dueNanos = System.nanoTime() + in.toNanos();
    }

    private void report(Exception e) {
        String reason = Reason.of(e);
        if (!reason.equals(problem)) {
            LOG.warn("no checkpoint could be taken, trying again: {}", reason);
        }
        LOG.debug("no checkpoint could be taken", e);
        problem = reason;
    }

    private static boolean isFenced(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
