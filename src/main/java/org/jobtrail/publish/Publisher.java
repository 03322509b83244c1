package org.jobtrail.publish;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.checkpoint.Checkpoints;
import org.jobtrail.database.Database;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.CommittedEnds;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.SameTopics;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.Publishing;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@code 7-publish-events}, crash-only: after any failure the route and its producer are thrown away, and everything
 * starts over from what the two stores know: lock, new producer and initTransactions, cursors, comparison. So it does not
 * matter what a failure was or whether its transaction was committed.
 */
public final class Publisher implements Publishing, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final Duration SAFETY_NET = Duration.ofSeconds(1);
    private static final Duration SLOW_BATCH = Duration.ofSeconds(15);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /** Short enough for several tries while the gate lets polls wait: later, a history that was set back would be gone on with. */
    private static final Duration LONGEST_PAUSE = ComparisonGate.PATIENCE.dividedBy(4);

    /** After a batch that was not full, the next one gathers rows: a transaction takes the time of hundreds of them. */
    private static final Duration GATHERING = Duration.ofMillis(50);

    private final Database database;
    private final KafkaTopics topics;
    private final Metrics metrics;
    private final Checkpoints checkpoints;
    private final ComparisonGate gate;
    private final KafkaPresence presence;
    private final BatchSize size;
    private final Obstacles obstacles;
    private final Batches batches;
    private final Halts halts;
    private final ClusterWarnings warnings;
    private final CommittedEnds ends;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile String problem = "has not started yet";
    private volatile boolean finished;
    private volatile boolean publishing;
    private boolean worked;

    public Publisher(
            CamelContext context,
            Database database,
            KafkaClients clients,
            KafkaTopics topics,
            Metrics metrics,
            Checkpoints checkpoints,
            ComparisonGate gate,
            Path home) {
        this.database = database;
        this.topics = topics;
        this.metrics = metrics;
        this.checkpoints = checkpoints;
        this.gate = gate;
        this.presence = new KafkaPresence(clients, gate);
        this.size = new BatchSize(clients.deliveryTimeout());
        this.obstacles = new Obstacles(database, size);
        this.batches = new Batches(context, home, size, obstacles);
        this.halts = new Halts(clients, topics, obstacles);
        this.warnings = new ClusterWarnings(topics);
        this.ends = new CommittedEnds(topics, clients.transactionTimeout());
        this.thread = new Thread(this::run, "publisher");
    }

    public void start() {
        thread.start();
        presence.start();
    }

    @Override
    public Optional<String> problem() {
        Optional<String> waits = gate.problem();
        if (waits.isPresent()) {
            return waits;
        }
        return Optional.ofNullable(problem).or(this::slowBatch).or(ends::problem);
    }

    private Optional<String> slowBatch() {
        return batches.inHand()
                .filter(inHand -> inHand.compareTo(SLOW_BATCH) > 0)
                .map(inHand -> "a batch waits for Kafka's answer since %d s".formatted(inHand.toSeconds()));
    }

    @Override
    public int heldPartitions() {
        return ends.partitions();
    }

    @Override
    public boolean isPublishing() {
        return publishing;
    }

    @Override
    public Optional<String> checkpointProblem() {
        return checkpoints.problem();
    }

    /** How many rows a batch may have: fewer and fewer, where Kafka does not take them in time. */
    public int batchSize() {
        return size.rows();
    }

    /** Of who has been closed: why what was recorded before is not in a checkpoint. Another instance that publishes takes its own. */
    public Optional<String> uncheckpointed() {
        if (finished) {
            return checkpoints.problem();
        }
        return thread.isAlive() ? Optional.of("the publisher does not end") : Optional.ofNullable(problem);
    }

    /** Tries at least once: who polls once and has nothing to publish still takes a checkpoint. */
    private void run() {
        Duration pause = FIRST_PAUSE;
        do {
            obstacles.startOver();
            try (PublisherLock lock = PublisherLock.tryAcquire(database, topics.cursor())) {
                if (lock == null) {
                    problem = null;
                    halts.leaveToOthers();
                    checkpoints.leaveToOthers();
                    ends.leaveToOthers();
                    gate.looked();
                    sleep(SAFETY_NET);
                } else {
                    publishing = true;
                    publish(lock);
                }
                pause = FIRST_PAUSE;
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                // Even who is to stop: what is in the way of one
                // organization keeps no other waiting for the next start.
                if (obstacles.isNarrowed()) {
                    continue;
                }
                if (isStopping()) {
                    return;
                }
                report(e);
                try {
                    // What had worked is tried again at once; what does not, less and less often.
                    pause = sleepLonger(worked ? FIRST_PAUSE : pause);
                } catch (InterruptedException interrupted) {
                    // Whoever went on would be interrupted at whatever it tries.
                    return;
                }
                worked = false;
            } finally {
                publishing = false;
            }
        } while (!isStopping() || obstacles.isNarrowed());
    }

    private void publish(PublisherLock lock) throws Exception {
        try (Admin admin = presence.reach()) {
            var needed = new Topics(topics);
            Topics.Identity identity = needed.ensure(admin);
            publish(lock, admin, identity, new SameTopics(admin, needed, identity));
        }
    }

    private void publish(PublisherLock lock, Admin admin, Topics.Identity identity, SameTopics same) throws Exception {
        try {
            batches.load();
            TopicEnds compared = TopicEnds.ofEvents(admin, topics, identity);
            halts.compare(lock, identity, compared);
            gate.looked();
            warnings.look(admin);
            var noted = new NotedEnds(lock.session(), admin, topics, identity);
            noted.begin(compared);
            var states = new MissingStates(identity);
            do {
                same.require();
                batches.publish(states);
                if (states.rows() > 0) {
                    // One without rows does not ask Kafka.
                    went();
                }
            } while (states.rows() > 0 && !isStopping());
            var publication = new NewEvents(identity);
            boolean last;
            do {
                // Whoever is told to stop first publishes what is recorded:
                // the last batch is an empty one, begun after that.
                last = isStopping();
                long began = System.nanoTime();
                same.require();
                batches.publish(publication);
                if (publication.rows() > 0) {
                    metrics.published(publication.rows(), publication.lag());
                }
                went();
                noted.after(publication);
                ends.look(admin, identity);
                if (!same.keepCheckpoints()) {
                    checkpoints.startOver();
                }
                checkpoints.takeIfDue();
                if (publication.rows() == 0 && !last) {
                    lock.awaitNews(SAFETY_NET, this::isStopping);
                } else if (publication.rows() < size.rows() && !last) {
                    sleep(GATHERING.minusNanos(System.nanoTime() - began));
                }
            } while (!last || publication.rows() > 0);
            checkpoints.takeLast();
            finished = true;
        } catch (Exception e) {
            // Said before the producer is thrown away, which takes its time with a Kafka that is not there.
            report(e);
            throw e;
        } finally {
            checkpoints.stop();
            batches.unload();
        }
    }

    private void went() {
        problem = null;
        worked = true;
    }

    private void report(Throwable e) {
        String reason = Reason.of(e);
        if (!reason.equals(problem)) {
            LOG.warn("publishing starts over: {}", reason);
        }
        LOG.debug("publishing starts over", e);
        problem = reason;
        gate.failed(reason);
    }

    private Duration sleepLonger(Duration pause) throws InterruptedException {
        sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(250)));
        return pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    /** Who is told to stop does not wait for what would come after. */
    private void sleep(Duration duration) throws InterruptedException {
        stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Publishes what is recorded, as long as that does not take too long, and stops. */
    @Override
    public void close() {
        stopping.countDown();
        presence.close();
        try {
            thread.join(30_000);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
