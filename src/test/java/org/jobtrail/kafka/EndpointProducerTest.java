package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
class EndpointProducerTest {

    @Test
    @Timeout(60)
    void whoWaitsForARecordDoesNotWaitForOthersThatMightCome(KafkaServer kafka) throws Exception {
        var properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("key.serializer", StringSerializer.class);
        properties.put("value.serializer", StringSerializer.class);
        properties.put("linger.ms", 3_600_000);
        properties.put("delivery.timeout.ms", 7_200_000);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("lingering", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (var producer = new EndpointProducer(properties)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sent.add(producer.send(new ProducerRecord<>("lingering", 0, "key", "value " + i)));
            }
            assertThat(sent.get(0).isDone()).isFalse();

            assertThat(sent.get(0).get().offset()).isZero();
            assertThat(sent).allMatch(Future::isDone);
            assertThat(sent.get(2).get().offset()).isEqualTo(2);
        }
    }
}
