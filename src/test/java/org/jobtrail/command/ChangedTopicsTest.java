package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.support.Await;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Logged;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.Test;

/** Topics that somebody changes while they are published to. */
class ChangedTopicsTest extends PublishedLedger {

    private static final String[] IDS = {"a", "b", "c", "d", "e", "f", "g", "h"};

    private boolean failed;

    ChangedTopicsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("poll.period", "1s");
        // A producer learns of new partitions as soon as it can.
        properties.setProperty("kafka.client.metadata.max.age.ms", "500");
    }

    @Test
    void moreOfItsPartitionsHaltWhatWasPublishedAndNoJobsEventsAreInTwo() throws Exception {
        change();
        run();
        assertThat(partitions(events)).isEqualTo(ofAPlainProducer());

        goOnUntilHalted(
                () -> createPartitions(events, 7),
                "the events topic has 7 partitions, organization east was published to 3");

        assertThat(partitions(events).values()).allSatisfy(of -> assertThat(of).hasSize(1));
    }

    @Test
    void morePartitionsOfTheStatesHaltThemUntilTheyAreWrittenAgainToATopicWithoutThoseBefore() throws Exception {
        change();
        run();

        goOnUntilHalted(
                () -> createPartitions(prefix + ".state", 7),
                "the state topic has 7 partitions, the states of organization east were written to 3");
        assertThat(partitions(prefix + ".state").values())
                .allSatisfy(of -> assertThat(of).hasSize(1));
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("NOT recovered: the state topic has 7 partitions");

        remove(prefix + ".state");
        assertHalted("the state topic was made anew, or is another");
        assertThat(recoverFromTopic()).isTrue();
        run();
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    @Test
    void statesThatAreLostBesideDoNotResolveThat() throws Exception {
        change();
        run();
        createPartitions(prefix + ".state", 7);
        loseStates();

        for (int start = 1; start <= 2; start++) {
            assertHalted("the state topic has 7 partitions, the states of organization east were written to 3");
        }
    }

    @Test
    void aSettingByWhichAcknowledgedEventsMayGoIsWarnedOfOnceAndTheyArePublished() throws Exception {
        change();
        run();
        kafka.configure(events, "unclean.leader.election.enable", "true");

        try (var log = new Logged("jobtrail.publish")) {
            change();
            run();

            assertThat(log.messages())
                    .filteredOn(message ->
                            message.startsWith("topic %s has unclean.leader.election.enable=true".formatted(events)))
                    .hasSize(1);
        }
        assertTopicIsTheHistory();
    }

    @Test
    void aTopicThatIsMadeAnewHaltsWhatWasPublishedToTheOneBefore() throws Exception {
        change();
        run();

        goOnUntilHalted(
                () -> {
                    remove(events);
                    try (Admin admin = clients().admin()) {
                        admin.createTopics(List.of(new NewTopic(events, 3, (short) 1)))
                                .all()
                                .get();
                    }
                },
                "the events topic was made anew, or is another");
    }

    @Test
    void aTopicThatIsCompactedIsNotPublishedToAsItsEventsWouldGo() throws Exception {
        try (Admin admin = clients().admin()) {
            admin.createTopics(List.of(
                            new NewTopic(events, 3, (short) 1).configs(Map.of("cleanup.policy", "compact,delete"))))
                    .all()
                    .get();
        }
        change();

        try (var engine = begin(Polls.NEVER)) {
            await(
                    engine,
                    Optional.of("topic %s has cleanup.policy=compact,delete: it must have cleanup.policy=delete"
                            .formatted(events)));
        }
        assertThat(kafka.committedRecords(events)).isEmpty();

        kafka.configure(events, "cleanup.policy", "delete");
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void aTopicThatBeginsToForgetCheckpointsGetsNoMoreOfThemAndEventsAreStillPublished() throws Exception {
        change();
        run();

        try (var engine = begin(Polls.ALWAYS)) {
            await(engine, Optional.empty());
            kafka.configure(prefix + ".checkpoints", "retention.ms", "60000");
            Await.until(
                    Duration.ofMinutes(2),
                    () -> "no checkpoint is taken, the publisher says "
                            + engine.publisher().checkpointProblem(),
                    () -> engine.publisher()
                            .checkpointProblem()
                            .filter(problem -> problem.contains("retention.ms=60000: it must have"))
                            .isPresent());
            long before = rows();
            change();
            Await.until(
                    Duration.ofSeconds(90),
                    () -> "events are published",
                    () -> identities().size() > before);
            assertThat(engine.publisher().problem()).isEmpty();
        }
    }

    private interface Intervention {
        void happens() throws Exception;
    }

    private void goOnUntilHalted(Intervention intervention, String reason) throws Exception {
        try (var engine = begin(Polls.ALWAYS)) {
            await(engine, Optional.empty());
            intervention.happens();
            Await.until(Duration.ofSeconds(90), () -> "publishing halts: " + reason, () -> {
                change();
                return !halted().isEmpty();
            });
        }
        assertThat(halted()).first().asString().startsWith(reason);
    }

    private List<Object> halted() throws SQLException {
        return database.column("select halted from jobtrail.publication where halted is not null");
    }

    private void change() {
        list(failed ? "Failed" : "Success", IDS);
        failed = !failed;
    }

    private void remove(String topic) throws Exception {
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(topic)).all().get();
            while (admin.listTopics().names().get().contains(topic)) {
                Thread.onSpinWait();
            }
        }
    }

    private Map<String, Set<Integer>> partitions(String topic) {
        var partitions = new HashMap<String, Set<Integer>>();
        for (ConsumerRecord<String, byte[]> event : kafka.committedRecords(topic)) {
            partitions.computeIfAbsent(event.key(), key -> new TreeSet<>()).add(event.partition());
        }
        return partitions;
    }

    /** Whoever else writes or looks for a job's events finds them where Kafka's own rule says. */
    private Map<String, Set<Integer>> ofAPlainProducer() throws Exception {
        var partitions = new HashMap<String, Set<Integer>>();
        String topic = prefix + ".plain";
        try (Admin admin = clients().admin();
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
            for (String key : partitions(events).keySet()) {
                partitions.put(
                        key,
                        Set.of(producer.send(new ProducerRecord<>(topic, key, new byte[0]))
                                .get()
                                .partition()));
            }
        }
        return partitions;
    }
}
