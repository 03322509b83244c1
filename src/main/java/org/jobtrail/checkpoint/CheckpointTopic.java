package org.jobtrail.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.kafka.CommittedRecords;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.OnePartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic is where the chain of checkpoints is: what is not committed there was not taken. Read from its end, as it grows for
 * years; and only after initTransactions, when no transaction of a predecessor is open any more.
 */
final class CheckpointTopic {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");
    private static final int FIRST_WINDOW = 16;

    private final OnePartition topic;
    private final TrustedKeys trusted;

    CheckpointTopic(KafkaClients clients, String topic, TrustedKeys trusted) {
        this.topic = new OnePartition(clients, topic);
        this.trusted = trusted;
    }

    /**
     * The last checkpoint that one of our keys has signed. Without any, the last of a stranger's key: that of a key file which
     * got lost, and whose chain goes on.
     *
     * @throws CheckpointException where somebody with another key has gone on from the one that ours end with: a second one of its number
     *     would contradict it for ever
     */
    Optional<Checkpoint> last() {
        OnePartition.Ends ends = topic.ends();
        for (long window = FIRST_WINDOW; ; window *= 8) {
            long from = Math.max(ends.begin(), ends.end() - window);
            var ours = new AtomicReference<Checkpoint>();
            var anybodys = new AtomicReference<Checkpoint>();
            var next = new AtomicReference<Checkpoint>();
            read(from, ends.end(), checkpoint -> {
                anybodys.set(checkpoint);
                if (trusted.vouchFor(checkpoint)) {
                    ours.set(checkpoint);
                    next.set(null);
                } else if (ours.get() != null && checkpoint.goesOnFrom(ours.get())) {
                    next.set(checkpoint);
                }
            });
            if (next.get() != null) {
                throw new CheckpointException(
                        "%s goes on from ours, signed by a key that checkpoint.key-file does not hold: if it is yours, from a start with another key file or data.directory, add its PUBLIC KEY to ours; if nobody knows it, find out who wrote it, and set kafka.topic.checkpoints and checkpoint.file to new ones"
                                .formatted(next.get()));
            }
            if (ours.get() != null || from == ends.begin()) {
                return Optional.ofNullable(ours.get()).or(() -> Optional.ofNullable(anybodys.get()));
            }
        }
    }

    /** All that our keys have signed, from this number on, in their order. */
    void from(long number, Consumer<Checkpoint> next) {
        OnePartition.Ends ends = topic.ends();
        long from = ends.end();
        for (long window = FIRST_WINDOW; from > ends.begin(); window *= 8) {
            from = Math.max(ends.begin(), ends.end() - window);
            long first = first(from, ends.end());
            if (first <= number) {
                break;
            }
        }
        read(from, ends.end(), checkpoint -> {
            if (checkpoint.number() >= number && trusted.vouchFor(checkpoint)) {
                next.accept(checkpoint);
            }
        });
    }

    private long first(long from, long end) {
        var first = new AtomicLong(Long.MAX_VALUE);
        read(from, end, checkpoint -> {
            if (trusted.vouchFor(checkpoint)) {
                first.compareAndSet(Long.MAX_VALUE, checkpoint.number());
            }
        });
        return first.get();
    }

    private void read(long from, long end, Consumer<Checkpoint> next) {
        try (CommittedRecords records = topic.records(from, end)) {
            records.forEach(record -> parse(record).ifPresent(next));
        }
    }

    /** What others write there is passed over, and said: it is no reason to take no checkpoint any more. */
    private Optional<Checkpoint> parse(ConsumerRecord<String, byte[]> record) {
        try {
            byte[] value = record.value() == null ? new byte[0] : record.value();
            return Optional.of(Checkpoint.parse(new String(value, StandardCharsets.UTF_8)));
        } catch (CheckpointException e) {
            LOG.warn("the record at offset {} of topic {} is {}", record.offset(), record.topic(), e.getMessage());
            return Optional.empty();
        }
    }
}
