package org.jobtrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    private static final TopicPartition EVENTS = new TopicPartition("events", 0);

    @TempDir
    Path data;

    @Test
    void keepsTopicsTransactionsClusterAndAddressOverARestart() throws Exception {
        Set<Thread> threadsBefore = lastingThreads();
        Map<String, String> settings;
        String cluster;
        try (EmbeddedBroker broker = start()) {
            settings = broker.settings();
            assertThat(broker.announcement()).startsWith("Kafka 4.").endsWith(settings.get("kafka.bootstrap-servers"));
            cluster = createTopic(settings);
            send(settings, "one", true);
            send(settings, "aborted", false);
        }

        try (EmbeddedBroker broker = start()) {
            assertThat(broker.settings()).isEqualTo(settings);
            send(settings, "two", true);
            assertThat(committed(settings)).containsExactly("one", "two");
            assertThat(clusterOf(settings)).isEqualTo(cluster);
        }
        // The last of its executors ends a moment after the broker.
        Pause.until(() -> lastingThreads().equals(threadsBefore), Duration.ofSeconds(5));
        assertThat(lastingThreads()).isEqualTo(threadsBefore);
    }

    @Test
    void comesBackWithItsRecordsAfterItsProcessWasKilled() throws Exception {
        try (ServersInAProcess killed = ServersInAProcess.start(data, EnumSet.of(EmbeddedKind.BROKER))) {
            Map<String, String> settings = new OwnerFile(data.resolve("embedded.properties"))
                    .read()
                    .orElseThrow()
                    .entries();
            createTopic(settings);
            send(settings, "one", true);
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedServersException.class)
                    .hasMessageStartingWith("Another Kafka broker uses " + data.resolve("kafka"));
            killed.kill();
        }

        try (EmbeddedBroker broker = start()) {
            send(broker.settings(), "two", true);
            assertThat(committed(broker.settings())).containsExactly("one", "two");
        }
    }

    @Test
    void takesAnotherPortWhenSomebodyHasTheLastOne() throws Exception {
        Files.createDirectories(data.resolve("ports"));
        RememberedPort remembered = new RememberedPort(data.resolve("ports/port"));
        int port = remembered.find();
        assertThat(remembered.find()).isEqualTo(port);

        try (ServerSocket somebody = new ServerSocket(port)) {
            assertThat(remembered.find()).isNotEqualTo(somebody.getLocalPort());
        }
    }

    private EmbeddedBroker start() {
        return EmbeddedBroker.start(data.resolve("kafka"));
    }

    private static String createTopic(Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(client(settings))) {
            admin.createTopics(List.of(new NewTopic(EVENTS.topic(), Optional.of(1), Optional.empty())))
                    .all()
                    .get();
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get("transaction.version")
                            .maxVersionLevel())
                    .isEqualTo((short) 2);
        }
        return clusterOf(settings);
    }

    private static String clusterOf(Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(client(settings))) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static void send(Map<String, String> settings, String value, boolean commit) {
        Map<String, Object> client = client(settings);
        client.put("transactional.id", "publisher");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(EVENTS.topic(), value));
            producer.flush();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> committed(Map<String, String> settings) {
        Map<String, Object> client = client(settings);
        // Of what is committed this moment, the end that read_committed sees may not tell yet.
        long end;
        try (KafkaConsumer<String, String> uncommitted =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            end = uncommitted.endOffsets(List.of(EVENTS)).get(EVENTS);
        }
        client.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(EVENTS));
            consumer.seekToBeginning(List.of(EVENTS));
            List<String> values = new ArrayList<>();
            while (consumer.position(EVENTS) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(received -> values.add(received.value()));
            }
            return values;
        }
    }

    private static Map<String, Object> client(Map<String, String> settings) {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", settings.get("kafka.bootstrap-servers"));
        return client;
    }

    private static Set<Thread> lastingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .collect(Collectors.toSet());
    }
}
