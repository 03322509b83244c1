package org.jobtrail.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What is committed from where a consumer stands up to given ends. These are the high watermarks that a read_uncommitted reader sees:
 * for read_committed they would lie before an open transaction of anybody, and before one that is committed and of which not all
 * partitions know yet; an old record would pass for the last. Used by one thread.
 */
public final class CommittedRecords implements AutoCloseable {

    /** Longer than Kafka takes to give up the transaction of somebody who was killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Consumer<String, byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private long left;
    private Duration inVain = Duration.ZERO;

    /** @param consumer that has its partitions and its positions; closed with this */
    CommittedRecords(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        this.consumer = consumer;
        this.ends = ends;
        this.left = left();
    }

    public boolean isAtEnd() {
        return left == 0;
    }

    /**
     * The next of them; none where those that came are not committed, or nothing came yet.
     *
     * @throws TimeoutException where nothing comes any more, and the end was not reached
     */
    public ConsumerRecords<String, byte[]> poll() {
        long asked = System.nanoTime();
        ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
        long before = left;
        left = left();
        // What is done with them meanwhile may take its time.
        inVain = left < before ? Duration.ZERO : inVain.plusNanos(System.nanoTime() - asked);
        if (inVain.compareTo(PATIENCE) > 0) {
            throw new TimeoutException(
                    "topic %s cannot be read to its end: a transaction of somebody else stays open, or Kafka does not answer"
                            .formatted(ends.keySet().iterator().next().topic()));
        }
        return records;
    }

    /** The rest of them, as {@link #poll} yields them. */
    public void forEach(java.util.function.Consumer<ConsumerRecord<String, byte[]>> next) {
        while (!isAtEnd()) {
            poll().forEach(next);
        }
    }

    private long left() {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
