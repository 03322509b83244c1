package org.jobtrail.support;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.jobtrail.checkpoint.SignedHeads;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.pipeline.Pipeline;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.poll.Cycle;
import org.jobtrail.poll.Summary;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;

/** The real routes and beans on a test's database, without a publisher. */
public final class TestPipeline implements AutoCloseable {
    public static final Path CHECKOUT = Path.of("").toAbsolutePath();

    private final BlockingQueue<Cycle> cycles = new LinkedBlockingQueue<>();
    private final Database history;
    private final Pipeline pipeline;

    private TestPipeline(Path home, TestDatabase database, Map<String, String> settings, Polls polls) {
        this(home, read(database, settings), polls);
    }

    private TestPipeline(Path home, Settings read, Polls polls) {
        history = new Database(read.database().orElseThrow(), 6);
        pipeline = new Pipeline(
                read,
                home,
                history,
                new KafkaClients(read.kafka().orElseThrow()),
                new Metrics(),
                new PollHealth(
                        Clock.systemUTC(), read.poll().period(), read.poll().deadline()),
                polls,
                nothingToCompare(history),
                cycles::add);
    }

    /** For who publishes nothing. */
    public static ComparisonGate nothingToCompare(Database database) {
        Path none = CHECKOUT.resolve("target/none");
        var gate = new ComparisonGate(
                database.pool(), new SignedHeads(new Settings.Checkpoint(none, none, Duration.ofMinutes(1))));
        gate.looked();
        return gate;
    }

    /** All routes are there, and none runs by itself. */
    public static TestPipeline start(Path home, TestDatabase database) {
        var pipeline = new TestPipeline(home, database, Map.of(), Polls.NEVER);
        try {
            pipeline.pipeline.start();
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.history.close();
            throw e;
        }
    }

    /** One poll of one source, from start to stop. */
    public static Summary pollOnce(TestDatabase database, FakeVeeam veeam, String apiVersion) throws Exception {
        return pollOnce(database, veeam, apiVersion, Map.of());
    }

    /** The same with more settings. */
    public static Summary pollOnce(
            TestDatabase database, FakeVeeam veeam, String apiVersion, Map<String, String> settings) throws Exception {
        var all = new HashMap<>(settings);
        all.putAll(source("veeam", veeam.url(), apiVersion));
        return pollOnce(database, all);
    }

    /** The same of whatever answers there. */
    public static Summary pollOnce(TestDatabase database, Map<String, String> settings) throws Exception {
        try (var pipeline = new TestPipeline(CHECKOUT, database, settings, Polls.ONCE)) {
            pipeline.pipeline.start();
            Summary summary = pipeline.nextSummary();
            pipeline.pipeline.awaitEndOfCycles();
            return summary;
        }
    }

    /** Polls until it is closed. */
    public static TestPipeline poll(TestDatabase database, Map<String, String> settings) {
        var pipeline = new TestPipeline(CHECKOUT, database, settings, Polls.ALWAYS);
        pipeline.pipeline.start();
        return pipeline;
    }

    /** The same, with no pause between two polls. */
    public static TestPipeline pollWithoutPause(TestDatabase database, Map<String, String> settings) {
        Settings read = read(database, settings);
        var hasty = new Settings(
                read.sources(),
                new Settings.Poll(
                        Duration.ofMillis(1),
                        read.poll().concurrency(),
                        read.poll().deadline(),
                        false),
                read.absence(),
                read.report(),
                read.database(),
                read.kafka(),
                read.topics(),
                read.eventMaxBytes(),
                read.checkpoint(),
                read.http(),
                read.dataDirectory());
        var pipeline = new TestPipeline(CHECKOUT, hasty, Polls.ALWAYS);
        pipeline.pipeline.start();
        return pipeline;
    }

    /** Of the next cycle that ends, whichever source it is of. */
    public Summary nextSummary() throws InterruptedException {
        Cycle cycle = cycles.poll(60, TimeUnit.SECONDS);
        if (cycle == null) {
            throw new AssertionError("no cycle ended within a minute");
        }
        return Summary.of(List.of(cycle));
    }

    public static Map<String, String> source(String name, URI url, String apiVersion) {
        String prefix = "source." + name + ".";
        return Map.of(
                prefix + "url",
                url.toString(),
                prefix + "api-version",
                apiVersion,
                prefix + "username",
                "reader",
                prefix + "password",
                "secret");
    }

    public CamelContext context() {
        return pipeline.context();
    }

    private static Settings read(TestDatabase database, Map<String, String> more) {
        var properties = new Properties();
        // Nobody listens there: whoever does not publish does without Kafka.
        properties.setProperty("kafka.bootstrap-servers", "127.0.0.1:1");
        properties.putAll(more);
        properties.setProperty("database.url", database.url());
        properties.setProperty("database.username", database.username());
        properties.setProperty("database.password", database.password());
        return new SettingsReader(PropertyLookup.of(properties, Map.of(), null)).read();
    }

    @Override
    public void close() {
        pipeline.stopPolling();
        pipeline.close();
        history.close();
    }
}
