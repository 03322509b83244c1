package org.jobtrail.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.settings.Settings.Kafka;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
class EventsOnTopicTest {

    /** What one statement has put aside has one xmin. */
    private static final String BATCHES =
            "select count(*) from jobtrail.recovered_event group by xmin order by min(seq)";

    private static final int LARGE = 900_000;

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final KafkaClients clients;

    EventsOnTopicTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.migratedDatabase();
        this.kafka = kafka;
        this.clients = new KafkaClients(new Kafka(kafka.bootstrapServers(), "recover", Map.of()));
    }

    @Test
    void largeEventsArePutAsideAFewAtATime() throws Exception {
        publish("recover.large", 12, LARGE);

        read("recover.large", 0);

        assertThat(database.column(BATCHES)).containsExactly(5L, 5L, 2L);
    }

    @Test
    void ofRowsThatTheHistoryHasNoPayloadIsPutAsideHoweverLargeItIs() throws Exception {
        publish("recover.known", 12, LARGE);

        read("recover.known", 12);

        assertThat(database.column(BATCHES)).containsExactly(12L);
        assertThat(database.column("select distinct line::text from jobtrail.recovered_event"))
                .containsOnlyNulls();
    }

    @Test
    void smallEventsArePutAsideFiveHundredAtATime() throws Exception {
        publish("recover.small", 1_100, 10);

        read("recover.small", 0);

        assertThat(database.column(BATCHES)).containsExactly(500L, 500L, 100L);
    }

    private void read(String topic, long known) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                Connection connection = real.connectToMigrate(Role.RETENTION)) {
            new EventsOnTopic(clients, topic, connection).read(Map.of("east", known), Map.of(), false);
        }
    }

    private void publish(String topic, int rows, int size) throws Exception {
        byte[] payload = "{\"changedFields\":[],\"text\":\"%s\"}"
                .formatted("x".repeat(size))
                .getBytes(StandardCharsets.UTF_8);
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (var producer = kafka.producer()) {
            for (int seq = 1; seq <= rows; seq++) {
                var event = new ProducerRecord<>(topic, 0, "east/a", payload);
                Map.of(
                                "ce_organization", "east",
                                "ce_source", "/jobtrail/veeam",
                                "ce_subject", "east/backup/a",
                                "ce_type", "org.jobtrail.job.status-changed.v1",
                                "ce_id", "%064x".formatted(seq),
                                "ce_previoushash", "%064x".formatted(seq - 1),
                                "ce_epoch", "1",
                                "ce_attempt", "1",
                                "ce_time", "2026-03-01T00:00:00.000000Z",
                                "ce_recordedat", "2026-03-01T00:00:00.000000Z")
                        .forEach((name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                event.headers().add("ce_sequence", "%019d".formatted(seq).getBytes(StandardCharsets.UTF_8));
                producer.send(event);
            }
        }
    }
}
