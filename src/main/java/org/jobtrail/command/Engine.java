package org.jobtrail.command;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.jobtrail.checkpoint.CheckpointKey;
import org.jobtrail.checkpoint.Checkpoints;
import org.jobtrail.checkpoint.SignedHeads;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.Backlog;
import org.jobtrail.observe.DatabaseLooks;
import org.jobtrail.observe.Health;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.Observation;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.pipeline.Pipeline;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.pipeline.SteadyClock;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.Sharing;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.publish.Publisher;
import org.jobtrail.settings.Settings;

/** Everything that polls, records and publishes, in the order in which it starts and, the other way round, stops. */
final class Engine implements AutoCloseable {

    private static final int MOST_POLLING = 28;

    private final Settings settings;
    private final Path home;
    private final Metrics metrics = new Metrics();
    private final PollHealth pollHealth;
    private final Database database;
    private final Backlog backlog;
    private final DatabaseLooks looks;
    private final Pipeline pipeline;
    private final KafkaClients clients;
    private final ComparisonGate gate;
    private CheckpointKey key;
    private volatile Publisher publisher;

    Engine(Settings settings, Path home, Polls polls, Consumer<Cycle> listener) {
        this.settings = settings;
        this.home = home;
        this.pollHealth = new PollHealth(
                SteadyClock.fromNow(), settings.poll().period(), settings.poll().deadline());
        this.database = new Database(settings.database().orElseThrow(), connections(settings));
        this.backlog = new Backlog(database.pool());
        this.looks = new DatabaseLooks(new Backlog(database.observerPool()), System::nanoTime);
        this.gate = new ComparisonGate(database.pool(), new SignedHeads(settings.checkpoint()));
        this.clients = new KafkaClients(settings.kafka().orElseThrow());
        this.pipeline = new Pipeline(settings, home, database, clients, metrics, pollHealth, polls, gate, listener);
        Observation.gauges(metrics, settings.sources(), pollHealth, looks, this::publisher);
    }

    /** Statements are short: whatever has to wait for a connection does not wait long, and PostgreSQL has not many to give. */
    private static int connections(Settings settings) {
        int polling = settings.sources().stream()
                .mapToInt(source -> source.concurrency() + 1)
                .sum();
        return Math.min(polling, MOST_POLLING) + 4;
    }

    /** Makes ready what must be there before anything is polled: the tables, and the key that signs for them. */
    void migrate() throws SQLException {
        database.migration().migrate(home);
        key = CheckpointKey.open(settings.checkpoint().keyFile());
        database.migration().reportIn(settings.report().timeZone());
    }

    void startRoutes() {
        pipeline.start();
    }

    void startPublishing() {
        var checkpoints = new Checkpoints(
                pipeline.context(),
                clients,
                settings.topics(),
                settings.checkpoint(),
                key,
                Clock.systemUTC(),
                metrics,
                home);
        publisher = new Publisher(
                pipeline.context(), database, clients, settings.topics(), metrics, checkpoints, gate, home);
        publisher.start();
    }

    Pipeline pipeline() {
        return pipeline;
    }

    Database database() {
        return database;
    }

    KafkaClients clients() {
        return clients;
    }

    Backlog backlog() {
        return backlog;
    }

    Publisher publisher() {
        return publisher;
    }

    /** Why nothing will be polled before Kafka is there. */
    Optional<String> setBack() {
        return gate.setBack();
    }

    Health health() {
        Sharing sharing = pipeline.sharing();
        return Observation.health(
                settings.sources(), pollHealth, looks, this::publisher, sharing.instance(), sharing::polled);
    }

    Metrics metrics() {
        return metrics;
    }

    @Override
    public void close() {
        gate.close();
        // Whatever does not end as it should: what is recorded is published, and no connection stays open.
        try {
            pipeline.stopPolling();
        } finally {
            try {
                stopPublishing();
            } finally {
                try {
                    pipeline.close();
                } finally {
                    database.close();
                }
            }
        }
    }

    private void stopPublishing() {
        if (publisher != null) {
            publisher.close();
        }
    }
}
