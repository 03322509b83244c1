package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A topic that is read while its retention goes on. */
@ExtendWith(RealServers.class)
class OvertakenReadingTest {

    private static final int RECORDS = 20;
    private static final long HOUR = 3_600_000;
    private static int topics;

    private final String topic = "overtaken-" + ++topics;
    private final KafkaServer kafka;
    private final KafkaClients clients;

    OvertakenReadingTest(KafkaServer kafka) {
        this.kafka = kafka;
        var properties = new Properties();
        properties.setProperty("kafka.bootstrap-servers", kafka.bootstrapServers());
        // One record after the other: what a consumer has fetched ahead, no retention takes from it.
        properties.setProperty("kafka.client.max.poll.records", "1");
        properties.setProperty("kafka.client.max.partition.fetch.bytes", "1");
        this.clients = new KafkaClients(new SettingsReader(PropertyLookup.of(properties, Map.of(), null))
                .read()
                .kafka()
                .orElseThrow());
    }

    @Test
    void goesOnWithWhatIsLeftAndSaysOfWhichPartitionTheBeginningIsGone() throws Exception {
        send(Instant.now().toEpochMilli());
        var reading = new Reading(RECORDS - 1);

        assertThat(new WholeTopic(clients, topic).read(reading)).containsExactly(0);

        assertThat(reading.overtaken).containsExactly(0);
        assertThat(reading.offsets).startsWith(0L).endsWith(RECORDS - 1L).hasSizeLessThan(RECORDS / 2);
    }

    @Test
    void ofWhatWasSentSinceAMomentNothingIsGoneWhereOnlyWhatWasSentBeforeIs() throws Exception {
        long now = Instant.now().toEpochMilli();
        send(now - HOUR);
        remove(3);
        var reading = new Reading(0);

        assertThat(new WholeTopic(clients, topic).readSince(Instant.ofEpochMilli(now - HOUR + 10), reading))
                .isEmpty();
        assertThat(reading.offsets).startsWith(10L).hasSize(RECORDS - 10);

        remove(15);
        assertThat(new WholeTopic(clients, topic).readSince(Instant.ofEpochMilli(now - HOUR + 10), reading))
                .containsExactly(0);
        assertThat(new WholeTopic(clients, topic).readSince(Instant.ofEpochMilli(now), reading))
                .as("nothing was sent since")
                .isEmpty();
        remove(RECORDS);
        assertThat(new WholeTopic(clients, topic).readSince(Instant.ofEpochMilli(now), reading))
                .as("nobody knows when it was sent")
                .containsExactly(0);
    }

    /** Takes what comes; after the first record, all up to an offset are removed. */
    private final class Reading implements WholeTopic.Taker {

        private final long removed;
        private final List<Long> offsets = new ArrayList<>();
        private final List<Integer> overtaken = new ArrayList<>();

        private Reading(long removed) {
            this.removed = removed;
        }

        @Override
        public void take(ConsumerRecords<String, byte[]> records) throws SQLException {
            boolean isFirst = offsets.isEmpty();
            records.forEach(record -> offsets.add(record.offset()));
            if (isFirst && !records.isEmpty() && removed > 0) {
                remove(removed);
            }
        }

        @Override
        public void overtaken(int partition) {
            overtaken.add(partition);
        }
    }

    private void send(long since) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, 0, since + i, "key", new byte[] {1}))
                        .get();
            }
        }
    }

    private void remove(long offset) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
