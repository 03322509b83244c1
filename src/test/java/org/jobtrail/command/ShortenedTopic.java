package org.jobtrail.command;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jobtrail.kafka.KeyPartition;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.TestPipeline;

/** A topic of which retention has removed the beginning of some partitions, and Kafka lost the end while the cursor survived. */
abstract class ShortenedTopic extends PublishedLedger {

    private static final int PARTITIONS = 3;

    ShortenedTopic(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    /** A job whose events are in this partition. */
    static String jobIn(String organization, int partition) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "job-" + i)
                .filter(job -> KeyPartition.of(organization + "/" + job, PARTITIONS) == partition)
                .findFirst()
                .orElseThrow();
    }

    /** The topic is one whose retention is the operator's choice, and will not remove anything by itself meanwhile. */
    void limitRetention() throws Exception {
        kafka.configure(events, "retention.ms", "604800000");
    }

    /** As retention does: all of a partition, or what comes before an event. */
    void shorten(int partition, long seq) throws Exception {
        List<ConsumerRecord<String, byte[]>> there = kafka.committedRecords(events).stream()
                .filter(event -> event.partition() == partition)
                .toList();
        long offset = there.stream()
                .filter(event -> Long.parseLong(header(event, "ce_sequence")) >= seq)
                .mapToLong(ConsumerRecord::offset)
                .min()
                .orElse(there.get(there.size() - 1).offset() + 1);
        try (Admin admin = clients().admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(events, partition), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    /** What was read is recorded, and the cursor says that it is published: as after a crash of a broker that had the events only in memory. */
    void recordAndLoseTheEvents(String organization) throws Exception {
        TestPipeline.pollOnce(database, TestPipeline.source("veeam", veeam.url(), "v7"));
        Map<String, Object> row = database.rows("""
                        select seq, encode(hash, 'hex') as hash from jobtrail.job_history
                        where organization_id = '%s' order by seq desc limit 1""".formatted(organization)).get(0);
        String cursor = kafka.committedRecords(prefix + ".cursor").stream()
                .filter(record -> record.key().equals(organization))
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .reduce((first, last) -> last)
                .orElseThrow();
        String moved = cursor.replaceFirst("\"seq\":\\d+", "\"seq\":" + row.get("seq"))
                .replaceFirst("\"hash\":\"\\w+\"", "\"hash\":\"%s\"".formatted(row.get("hash")));
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(
                            prefix + ".cursor", organization, moved.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }
}
