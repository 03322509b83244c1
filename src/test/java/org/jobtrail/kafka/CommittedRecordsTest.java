package org.jobtrail.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.settings.Settings.Kafka;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
@Timeout(60)
class CommittedRecordsTest {

    private final KafkaServer kafka;
    private final KafkaClients clients;

    CommittedRecordsTest(KafkaServer kafka) {
        this.kafka = kafka;
        this.clients = new KafkaClients(new Kafka(kafka.bootstrapServers(), "committed", Map.of()));
    }

    @Test
    void whatIsBehindAnOpenTransactionIsWaitedFor() throws Exception {
        var topic = partition("committed.open");
        try (Producer<String, String> somebody = producer("open");
                Producer<String, String> us = producer("behind")) {
            somebody.beginTransaction();
            send(somebody, "committed.open", "first").get();
            us.beginTransaction();
            send(us, "committed.open", "second").get();
            us.commitTransaction();

            try (CommittedRecords records = topic.records()) {
                assertThat(records.poll()).isEmpty();
                assertThat(records.isAtEnd()).isFalse();

                somebody.commitTransaction();

                assertThat(values(records)).containsExactly("first", "second");
            }
        }
    }

    @Test
    void whatWasGivenUpIsPassedOver() throws Exception {
        var topic = partition("committed.aborted");
        try (Producer<String, String> producer = producer("aborted")) {
            producer.beginTransaction();
            send(producer, "committed.aborted", "given up").get();
            producer.abortTransaction();
        }

        try (CommittedRecords records = topic.records()) {
            assertThat(values(records)).isEmpty();
        }
    }

    @Test
    void whatComesAfterTheEndIsNotWaitedFor() throws Exception {
        var topic = partition("committed.end");
        try (Producer<String, String> producer = producer("end")) {
            producer.beginTransaction();
            send(producer, "committed.end", "before").get();
            producer.commitTransaction();
            OnePartition.Ends ends = topic.ends();
            producer.beginTransaction();
            send(producer, "committed.end", "after").get();

            try (CommittedRecords records = topic.records(ends.begin(), ends.end())) {
                assertThat(values(records)).containsExactly("before");
            }
            producer.abortTransaction();
        }
    }

    private static List<String> values(CommittedRecords records) {
        var values = new ArrayList<String>();
        records.forEach(committed -> values.add(new String(committed.value(), UTF_8)));
        return values;
    }

    private OnePartition partition(String topic) throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        return new OnePartition(clients, topic);
    }

    private static Future<RecordMetadata> send(Producer<String, String> producer, String topic, String value) {
        return producer.send(new ProducerRecord<>(topic, value));
    }

    private Producer<String, String> producer(String name) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "committed records, " + name);
        var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }
}
