package org.jobtrail.poll;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's part in polling what instances share. Of each source it takes shares as soon as Kafka has the topic, and none any more
 * when it is told to stop; meanwhile it gives signs of life of what it has in hand. A Kafka that is not there keeps nobody from polling:
 * then whoever begins a cycle does all of it.
 */
public final class Membership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    /** A small part of what others wait for a sign of life. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Supplier<CamelContext> context;
    private final List<Source> sources;
    private final KafkaTopics topics;
    private final KafkaClients clients;
    private final DataSource database;
    private final ComparisonGate gate;
    private final Sharing sharing;
    private final InHand inHand;
    private final Set<String> told = new TreeSet<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread joining = new Thread(this::join, "sharing");
    private final Thread living = new Thread(this::live, "signs of life");

    public Membership(
            Supplier<CamelContext> context,
            List<Source> sources,
            KafkaTopics topics,
            KafkaClients clients,
            DataSource database,
            ComparisonGate gate,
            Sharing sharing,
            InHand inHand) {
        this.context = context;
        this.sources = sources;
        this.topics = topics;
        this.clients = clients;
        this.database = database;
        this.gate = gate;
        this.sharing = sharing;
        this.inHand = inHand;
    }

    /** The route that takes the shares of a source. */
    private static String route(Source source) {
        return RouteNames.of(source, RouteNames.TAKE_SHARES);
    }

    public void start() {
        joining.start();
        living.start();
    }

    private void join() {
        if (!gate.await()) {
            return;
        }
        try {
            do {
                List<Source> missing = sources.stream()
                        .filter(source -> !sharing.hasJoined(source.name()))
                        .toList();
                if (!missing.isEmpty()) {
                    join(missing);
                }
            } while (!stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void join(List<Source> missing) throws InterruptedException {
        try (Admin admin = clients.admin()) {
            for (Source source : missing) {
                join(admin, source);
            }
        } catch (RuntimeException e) {
            // A host that is not known yet: there is no client then, not one that waits.
            missing.forEach(source -> notYet(source, e));
        }
    }

    /** What is wrong with the topic of one source keeps it from no other. */
    private void join(Admin admin, Source source) throws InterruptedException {
        try {
            int partitions = new Topics(topics).ensureShares(admin, source);
            context.get().getRouteController().startRoute(route(source));
            sharing.joined(source.name(), partitions);
            told.remove(source.name());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            notYet(source, e);
        }
    }

    private void notYet(Source source, Exception e) {
        if (told.add(source.name())) {
            LOG.warn("source {}: this instance takes no shares of its polls yet: {}", source.name(), Reason.of(e));
        }
    }

    private void live() {
        try {
            while (!ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                inHand.signsOfLife().ifPresent(this::giveSigns);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that is not given is followed by another one. */
    private void giveSigns(String signs) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("select jobtrail.give_sign(?::json)")) {
            statement.setString(1, signs);
            statement.execute();
        } catch (SQLException e) {
            LOG.debug("no sign of life could be given", e);
        }
    }

    /** What is in hand is ended; Kafka gives everything else to the others at once. */
    @Override
    public void close() {
        stopping.countDown();
        joining.interrupt();
        try {
            joining.join(15_000);
            // All of them before any is waited for: none takes another share.
            for (Source source : sources) {
                ServiceHelper.suspendService(
                        context.get().getRoute(route(source)).getConsumer());
            }
            for (Source source : sources) {
                context.get().getRouteController().stopRoute(route(source));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("taking shares does not stop", e);
        } finally {
            ended.countDown();
        }
    }
}
