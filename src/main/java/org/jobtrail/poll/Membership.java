package org.jobtrail.poll;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.publish.FirstComparison;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.publish.Topics;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's part in polling what instances share: of each source it takes shares as soon as Kafka has the topic, and none any more
 * when it is told to stop. A Kafka that is not there keeps nobody from polling: then whoever begins a cycle does all of it.
 */
public final class Membership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Supplier<CamelContext> context;
    private final List<Source> sources;
    private final KafkaTopics topics;
    private final KafkaClients clients;
    private final FirstComparison comparison;
    private final Sharing sharing;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sharing");

    public Membership(
            Supplier<CamelContext> context,
            List<Source> sources,
            KafkaTopics topics,
            KafkaClients clients,
            FirstComparison comparison,
            Sharing sharing) {
        this.context = context;
        this.sources = sources;
        this.topics = topics;
        this.clients = clients;
        this.comparison = comparison;
        this.sharing = sharing;
    }

    /** The route that takes the shares of a source. */
    public static String route(Source source) {
        return "take-shares-of-" + source.name();
    }

    public void start() {
        thread.start();
    }

    private void run() {
        comparison.await();
        boolean told = false;
        try {
            do {
                try {
                    join();
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    if (!told) {
                        LOG.warn("this instance takes no shares of polls yet: {}", Failures.reason(e));
                        told = true;
                    }
                }
            } while (!sources.stream().map(Source::name).allMatch(sharing::hasJoined)
                    && !stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void join() throws Exception {
        try (Admin admin = clients.admin()) {
            for (Source source : sources) {
                if (!sharing.hasJoined(source.name()) && stopping.getCount() > 0) {
                    int partitions = new Topics(topics).ensureShares(admin, source);
                    context.get().getRouteController().startRoute(route(source));
                    sharing.joined(source.name(), partitions);
                }
            }
        }
    }

    /** What is in hand is ended; Kafka gives everything else to the others at once. */
    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt();
        try {
            thread.join(15_000);
            for (Source source : sources) {
                context.get().getRouteController().stopRoute(route(source));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("taking shares does not stop", e);
        }
    }
}
