package org.jobtrail.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.text.Counted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether who reads committed records gets to see what is published. A partition ends for them where the first open transaction of anybody
 * begins; one that has lost its coordinator (KIP-664) stays open for ever, and our own commits come after it unseen. Looks are taken by one
 * thread; what they have found is anybody's to ask.
 */
public final class CommittedEnds {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** Kafka looks every ten seconds for transactions that are to be given up. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private final KafkaTopics names;
    private final Duration patience;
    private final LongSupplier nanos;
    private final Turn turn;
    private Map<TopicPartition, Stand> stands = Map.of();
    private volatile List<Held> held = List.of();

    /** Where a partition ends for who reads committed records though it goes on, and since when that is known. */
    private record Stand(long offset, long since) {}

    private record Held(TopicPartition partition, long offset) {}

    /** @param transaction after which Kafka gives a transaction of our own up */
    public CommittedEnds(KafkaTopics names, Duration transaction) {
        this(names, transaction, System::nanoTime, PAUSE);
    }

    CommittedEnds(KafkaTopics names, Duration transaction, LongSupplier nanos, Duration pause) {
        this.names = names;
        this.patience = transaction.plus(MARGIN);
        this.nanos = nanos;
        this.turn = new Turn(pause);
    }

    /** Looks, but not each time that it is asked. */
    public void look(Admin admin, Topics.Identity topics) throws InterruptedException {
        if (!turn.comes()) {
            return;
        }
        var partitions = new ArrayList<TopicPartition>();
        IntStream.range(0, topics.partitions()).forEach(n -> partitions.add(new TopicPartition(names.events(), n)));
        IntStream.range(0, topics.statePartitions()).forEach(n -> partitions.add(new TopicPartition(names.state(), n)));
        try {
            // In this order: what is committed in between must not pass for what is open.
            Map<TopicPartition, Long> committed =
                    PartitionEnds.of(admin, partitions, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
            Map<TopicPartition, Long> all =
                    PartitionEnds.of(admin, partitions, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
            found(partitions, committed, all);
        } catch (KafkaException e) {
            LOG.debug("whether what is published is seen is not known", e);
        }
    }

    private void found(
            List<TopicPartition> partitions, Map<TopicPartition, Long> committed, Map<TopicPartition, Long> all) {
        long now = nanos.getAsLong();
        var next = new HashMap<TopicPartition, Stand>();
        var tooLong = new ArrayList<Held>();
        for (TopicPartition partition : partitions) {
            long end = committed.get(partition);
            if (end >= all.get(partition)) {
                continue;
            }
            Stand before = stands.get(partition);
            Stand stand = before != null && before.offset() == end ? before : new Stand(end, now);
            next.put(partition, stand);
            if (now - stand.since() >= patience.toNanos()) {
                tooLong.add(new Held(partition, end));
            }
        }
        stands = next;
        tell(tooLong);
    }

    private void tell(List<Held> now) {
        Optional<String> before = problem();
        held = List.copyOf(now);
        if (!problem().equals(before)) {
            problem().ifPresentOrElse(LOG::warn, () -> LOG.info("what is published is seen again"));
        }
    }

    /** A sentence with what to do, or nothing where all that is published is seen. */
    public Optional<String> problem() {
        List<Held> now = held;
        return now.stream()
                .findFirst()
                .map(first ->
                        "topic %s, partition %d%s: consumers that read committed records see nothing from offset %d on, as a transaction of somebody's stays open there; find whose it is with kafka-transactions.sh find-hanging --topic %1$s --partition %2$d, and end it with kafka-transactions.sh abort --topic %1$s --partition %2$d --start-offset %4$d"
                                .formatted(
                                        first.partition().topic(),
                                        first.partition().partition(),
                                        now.size() == 1
                                                ? ""
                                                : " (and %s more)".formatted(Counted.of(now.size() - 1, "partition")),
                                        first.offset()));
    }

    /** How many partitions are held so. */
    public int partitions() {
        return held.size();
    }

    /** Another instance publishes, and looks. */
    public void leaveToOthers() {
        stands = Map.of();
        held = List.of();
    }
}
