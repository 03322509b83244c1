package org.jobtrail.publish;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.kafka.CommittedRecords;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.OnePartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the cursors that are committed. Whoever is to go on from them has called initTransactions before: then no transaction of a
 * predecessor is open any more.
 */
public final class CursorTopic {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    private final OnePartition topic;

    public CursorTopic(KafkaClients clients, String topic) {
        this.topic = new OnePartition(clients, topic);
    }

    public Collection<Cursor> read() {
        Map<String, Cursor> cursors = new LinkedHashMap<>();
        try (CommittedRecords records = topic.records()) {
            records.forEach(record -> {
                Cursor cursor = record.value() == null ? null : cursor(record);
                if (cursor != null) {
                    cursors.put(record.key(), cursor);
                }
            });
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
