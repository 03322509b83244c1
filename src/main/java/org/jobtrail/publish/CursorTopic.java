package org.jobtrail.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jobtrail.kafka.KafkaClients;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the cursors that are committed. Only after initTransactions: then no transaction of a predecessor is open any more. The
 * end is the high watermark that a read_uncommitted reader sees: for read_committed it would lie before an open transaction of
 * anybody, and an old cursor would pass for the last.
 */
public final class CursorTopic {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final TopicPartition partition;

    public CursorTopic(KafkaClients clients, String topic) {
        this.clients = clients;
        this.partition = new TopicPartition(topic, 0);
    }

    public Collection<Cursor> read() {
        long end;
        try (Consumer<String, byte[]> uncommitted = clients.consumer("read_uncommitted")) {
            end = uncommitted.endOffsets(List.of(partition)).get(partition);
        }
        Map<String, Cursor> cursors = new LinkedHashMap<>();
        try (Consumer<String, byte[]> committed = clients.consumer("read_committed")) {
            committed.assign(List.of(partition));
            committed.seekToBeginning(List.of(partition));
            Instant deadline = Instant.now().plus(PATIENCE);
            while (committed.position(partition) < end) {
                for (ConsumerRecord<String, byte[]> record : committed.poll(Duration.ofMillis(200))) {
                    Cursor cursor = record.value() == null ? null : cursor(record);
                    if (cursor != null) {
                        cursors.put(record.key(), cursor);
                    }
                }
                if (Instant.now().isAfter(deadline)) {
                    throw new TimeoutException(
                            "a transaction of somebody else stays open on topic %s".formatted(partition.topic()));
                }
            }
        }
        return cursors.values();
    }

    /** Null where somebody else wrote there: what an organization's own cursor says still counts. */
    private static Cursor cursor(ConsumerRecord<String, byte[]> record) {
        try {
            Cursor cursor = Cursor.of(record.value());
            if (cursor.organizationId().equals(record.key())) {
                return cursor;
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.debug("a record that is no cursor", e);
        }
        LOG.warn(
                "topic {}, offset {}: a record that is no cursor of Jobtrail's is passed over: look who may write there",
                record.topic(),
                record.offset());
        return null;
    }
}
