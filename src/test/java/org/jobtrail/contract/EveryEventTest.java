package org.jobtrail.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.jobtrail.record.ChangeKind;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the topics, as a consumer reads it, is what the contract says: all kinds, versions and oddities of jobs. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class EveryEventTest {

    private static final List<String> SNAPSHOTS = List.of("before", "after");

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final Contract contract = Contract.NOW;
    private List<ConsumerRecord<String, byte[]>> events;

    EveryEventTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.migratedDatabase();
        this.kafka = kafka;
    }

    @BeforeAll
    void publish(@TempDir Path directory) throws Exception {
        new PublishedHistory(database, kafka, directory).publish();
        events = kafka.committedRecords("contract.events");
    }

    @Test
    void everyEventIsAsItsSchemaSays() {
        for (var event : events) {
            for (Contract version : List.of(Contract.NOW, Contract.FIRST)) {
                assertThat(version.objections(Contract.EVENT, payload(event)))
                        .as(text(event))
                        .isEmpty();
            }
        }
        assertThat(events.stream().map(event -> payload(event).path("kind").asText()))
                .as("each kind is among them")
                .containsAll(Arrays.stream(ChangeKind.values())
                        .map(ChangeKind::toString)
                        .toList());
        assertThat(events.stream()
                        .map(event -> payload(event).path("apiVersion").asText()))
                .contains("v1", "v7", "v8");
        assertThat(events.stream().map(EveryEventTest::text))
                .anyMatch(text -> text.contains("\"type\":\"copy\""))
                .anyMatch(text -> text.contains("\"name\":{\"length\":5001,\"sha256\":"))
                .anyMatch(text -> text.contains("\"lastStatus\":\"Hibernating\""))
                .anyMatch(text -> text.contains("\"before\":{},"));
    }

    @Test
    void everyMemberOfAnEventIsDescribedAndEveryDescribedOneIsTold() {
        var told = new TreeSet<String>();
        for (var event : events) {
            ObjectNode payload = payload(event);
            payload.fieldNames().forEachRemaining(told::add);
            payload.path("organization").fieldNames().forEachRemaining(name -> told.add("organization." + name));
            payload.path("job").fieldNames().forEachRemaining(name -> told.add("job." + name));
            for (String snapshot : SNAPSHOTS) {
                payload.path(snapshot).fieldNames().forEachRemaining(name -> told.add("snapshot." + name));
                JsonNode policy = payload.path(snapshot).path("schedulePolicy");
                if (!policy.has("sha256")) {
                    policy.fieldNames().forEachRemaining(name -> told.add("schedulePolicy." + name));
                }
            }
        }
        JsonNode schema = contract.schema(Contract.EVENT);
        var described = new TreeSet<String>();
        describe(described, "", schema);
        describe(described, "organization.", schema.at("/properties/organization"));
        describe(described, "job.", schema.at("/properties/job"));
        describe(described, "snapshot.", schema.at("/$defs/snapshot"));
        describe(described, "schedulePolicy.", schema.at("/$defs/schedulePolicy/anyOf/0"));

        assertThat(told).isEqualTo(described);
    }

    private static void describe(Set<String> described, String prefix, JsonNode schema) {
        schema.path("properties").fieldNames().forEachRemaining(name -> described.add(prefix + name));
    }

    @Test
    void everyEventHasTheKeyAndTheHeadersThatArePromisedAndNoOther() {
        assertHeaders("eventHeaders", events);
        for (var event : events) {
            JsonNode payload = payload(event);
            ObjectNode headers = headers(event);
            String organization = payload.at("/organization/id").asText();
            String job = payload.at("/job/id").asText();

            assertThat(event.key()).isEqualTo(organization + "/" + job);
            assertThat(headers.path("ce_type").asText())
                    .isEqualTo("org.jobtrail.job." + payload.path("kind").asText() + ".v1");
            assertThat(headers.path("ce_source").asText())
                    .isEqualTo("/jobtrail/" + payload.path("source").asText());
            assertThat(headers.path("ce_subject").asText())
                    .isEqualTo(organization + "/" + payload.at("/job/type").asText() + "/" + job);
            assertThat(headers.path("ce_time")).isEqualTo(payload.path("observedAt"));
            assertThat(headers.path("ce_organization").asText()).isEqualTo(organization);
            assertThat(headers.path("ce_dataschema"))
                    .isEqualTo(contract.schema(Contract.EVENT).path("$id"));
        }
    }

    @Test
    void theEventsOfAJobAreInOnePartitionInOrderAndThoseOfAnOrganizationAreNumberedWithoutAGap() {
        var partitions = new HashMap<String, Integer>();
        var last = new HashMap<String, Long>();
        var numbers = new HashMap<String, Set<Long>>();
        for (var event : events) {
            long sequence = headers(event).path("ce_sequence").asLong();
            assertThat(partitions.merge(event.key(), event.partition(), (one, other) -> one))
                    .isEqualTo(event.partition());
            assertThat(last.merge(event.key(), sequence, Math::max)).isEqualTo(sequence);
            assertThat(numbers.computeIfAbsent(
                                    headers(event).path("ce_organization").asText(), key -> new HashSet<>())
                            .add(sequence))
                    .isTrue();
        }
        numbers.values().forEach(all -> assertThat(all).contains(1L, (long) all.size()));
    }

    @Test
    void everyRecordOfTheStateIsAsItsSchemaSays() throws Exception {
        var states = kafka.committedRecords("contract.state");

        assertHeaders("stateHeaders", states);
        for (var state : states) {
            if (state.value() != null) {
                assertThat(contract.objections(Contract.STATE, payload(state)))
                        .as(text(state))
                        .isEmpty();
                assertThat(Contract.FIRST.objections(Contract.STATE, payload(state)))
                        .isEmpty();
            }
            assertThat(headers(state).path("ce_dataschema"))
                    .isEqualTo(contract.schema(Contract.STATE).path("$id"));
        }
        assertThat(lastOf(states)).isEqualTo(lastOf(events));
    }

    /** Of each job: the number of its last record and how the job was after it. */
    private static Map<String, String> lastOf(List<ConsumerRecord<String, byte[]>> records) {
        return records.stream()
                .collect(Collectors.toMap(ConsumerRecord::key, EveryEventTest::left, (one, other) -> other));
    }

    private static String left(ConsumerRecord<String, byte[]> record) {
        JsonNode left = record.value() == null ? null : payload(record);
        if (left != null && left.has("kind")) {
            left = left.get("after") == null || left.get("after").isNull() ? null : left.get("after");
        }
        return headers(record).path("ce_sequence").asText() + " " + (left == null ? "gone" : JsonText.of(left));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobEvents", "jobs", "checkpoints"})
    void theTopicIsAsItsChannelSays(String name) throws Exception {
        JsonNode channel = contract.asyncApi().path("channels").path(name);
        String setting = channel.path("x-jobtrail-setting").asText();
        String topic = setting.replace("kafka.topic.", "contract.");
        JsonNode promised = channel.at("/bindings/kafka");

        assertThat(channel.path("address").asText()).isEqualTo(defaults().getProperty(setting));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)
                            .get()
                            .partitions())
                    .hasSize(promised.path("partitions").asInt());
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            promised.path("topicConfiguration").properties().forEach(setTo -> {
                JsonNode value = setTo.getValue();
                ConfigEntry actual = config.get(setTo.getKey());
                assertThat(actual.value())
                        .isEqualTo(value.isArray() ? value.path(0).asText() : value.asText());
                assertThat(actual.source())
                        .as("what the topic has, whatever the cluster's default is")
                        .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            });
        }
    }

    private void assertHeaders(String schema, List<ConsumerRecord<String, byte[]>> records) {
        var names = new TreeSet<String>();
        for (var record : records) {
            ObjectNode headers = headers(record);
            assertThat(contract.objectionsToHeaders(schema, headers))
                    .as(headers.toString())
                    .isEmpty();
            assertThat(Contract.FIRST.objectionsToHeaders(schema, headers)).isEmpty();
            headers.fieldNames().forEachRemaining(names::add);
        }
        var promised = new TreeSet<String>();
        describe(promised, "", contract.asyncApi().at("/components/schemas/" + schema));
        assertThat(names).isEqualTo(promised);
    }

    private static Properties defaults() throws Exception {
        var defaults = new Properties();
        try (var file = EveryEventTest.class.getResourceAsStream("/application.properties")) {
            defaults.load(file);
        }
        return defaults;
    }

    private static ObjectNode payload(ConsumerRecord<String, byte[]> record) {
        return RecordedJson.object(text(record));
    }

    private static String text(ConsumerRecord<String, byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static ObjectNode headers(ConsumerRecord<String, byte[]> record) {
        ObjectNode headers = JsonNodeFactory.instance.objectNode();
        for (Header header : record.headers()) {
            assertThat(headers.has(header.key())).as("twice: " + header.key()).isFalse();
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        return headers;
    }
}
