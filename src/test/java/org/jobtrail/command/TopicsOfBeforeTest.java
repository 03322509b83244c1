package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jobtrail.Said;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Settings that name other topics than those that were published to: who asks is told before anything is run, or removed. */
class TopicsOfBeforeTest extends PublishedLedger {

    private final Properties other = new Properties();

    TopicsOfBeforeTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.putAll(other);
    }

    @BeforeEach
    void publish() throws Exception {
        list("Success", "a", "b");
        run();
    }

    @Test
    void whereTheyAreThoseOfBeforeAllIsGoodAndWhatIsOldIsRemoved() throws Exception {
        assertThat(check().output())
                .endsWith("good: run would poll all of this")
                .doesNotContain("nothing would be published");

        assertThat(retain()).isEqualTo(new Said(0, "retain: organization east: rows 1 to 2 sealed, 2 jobs kept"));
    }

    @Test
    void theAccountThatWritesMayBeOneThatMayNotRemoveAnything() throws Exception {
        database.execute("""
                create role "only writes" login password 'secret';
                grant jobtrail_writer, jobtrail_publisher, jobtrail_auditor to "only writes"
                """);
        other.setProperty("database.migration.username", database.username());
        other.setProperty("database.migration.password", database.password());
        other.setProperty("database.username", "only writes");
        other.setProperty("database.password", "secret");

        assertThat(check().output()).endsWith("good: run would poll all of this");
        assertThat(retain().exitCode()).isZero();
    }

    @Test
    void theAccountThatRemovesNeedNotBeOneThatMayPublish() throws Exception {
        database.execute("""
                create role "only removes" login password 'secret';
                grant jobtrail_owner, jobtrail_retention, jobtrail_auditor to "only removes"
                """);
        other.setProperty("database.username", "only removes");
        other.setProperty("database.password", "secret");

        assertThat(retain()).isEqualTo(new Said(0, "retain: organization east: rows 1 to 2 sealed, 2 jobs kept"));
    }

    @Test
    void whatWasHaltedForOtherTopicsIsGoodAgainWithThoseOfBefore() throws Exception {
        database.execute(
                "update jobtrail.publication set halted_by = 'topic-replaced', halted = 'the events topic was made anew'");

        assertThat(check().output()).endsWith("good: run would poll all of this");
    }

    @Test
    void anotherTopicIsNotGoodAndNothingIsRemoved() throws Exception {
        other.setProperty("kafka.topic.events", prefix + ".evnets");
        String reason = "of 1 organization, nothing would be published: the events are on another topic: there is no "
                + prefix + ".evnets";

        assertThat(check().output()).contains("\n  " + reason + "\n").endsWith("not good: see above");
        assertThat(retain()).isEqualTo(new Said(1, "jobtrail: nothing is removed: " + reason));
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void aCursorTopicOrAStateTopicThatIsAnotherIsNotGood() throws Exception {
        other.setProperty("kafka.topic.cursor", prefix + ".none");
        String states = prefix + ".others";
        other.setProperty("kafka.topic.state", states);
        try (Admin admin = clients().admin()) {
            admin.createTopics(List.of(new NewTopic(states, 3, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }

        assertThat(check().output())
                .contains("the cursors are on another topic: there is no " + prefix + ".none")
                .contains("the states are on another topic than %s, or were on it before it was made anew"
                        .formatted(states))
                .endsWith("not good: see above");
    }

    @Test
    void moreOfItsPartitionsAreNotGood() throws Exception {
        createPartitions(events, 7);

        assertThat(check().output())
                .contains("the events are in another number of partitions than %s has".formatted(events))
                .endsWith("not good: see above");
    }

    @Test
    void whatIsHaltedIsNotGood() throws Exception {
        database.execute(
                "update jobtrail.publication set halted_by = 'histories-differ', halted = 'the histories differ'");

        assertThat(check().output())
                .contains("\n  nothing was published any more of organization east: the histories differ\n")
                .endsWith("not good: see above");
    }

    @Test
    void checkpointsThatCouldNotGoOnAreNotGood() throws Exception {
        Path file = settings().checkpoint().file();
        String taken = Files.readString(file);
        Files.writeString(file, taken + "something else\n");
        assertThat(check().output())
                .contains(
                        "\n  none would be taken: checkpoint.file names %s, which ends with a line that is no checkpoint"
                                .formatted(file))
                .endsWith("not good: see above");

        Files.writeString(file, taken);
        other.setProperty("kafka.topic.checkpoints", prefix + ".none");
        assertThat(check().output())
                .containsPattern("which ends with checkpoint \\d, the topic with none")
                .endsWith("not good: see above");
    }

    @Test
    void ofAnOrganizationOfWhichKafkaHasLostSomethingNothingIsRemovedAndOfOthersItIs() throws Exception {
        ConsumerRecord<String, byte[]> old =
                kafka.committedRecords(prefix + ".cursor").get(0);
        veeam.on("GET /v7/Organizations", TWO).on("GET /v7/Organizations/west/Jobs", listed("Success", "w"));
        list("Failed", "a", "b");
        run();
        backUnderTheSameTopicId(old);
        List<Object> before = publications();

        Said said = retain();

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.output().lines())
                .containsExactly(
                        "retain: organization east: nothing is removed: Kafka lost data: it acknowledged row 4 of organization east,"
                                + " its cursor stands at row 2: run recover --from-topic, or republish --to a new topic if the events are gone too",
                        "retain: organization west: rows 1 to 1 sealed, 1 job kept");
        assertThat(rows()).as("of east").isEqualTo(4);
        assertThat(publications()).as("nothing of the look stays").isEqualTo(before);

        assertThat(recoverFromTopic()).isTrue();
        assertThat(retain().exitCode()).isZero();
        assertThat(rows()).isZero();
    }

    @Test
    void whoeverPublishesMeanwhileIsNotDisturbedAndWhatItHasJustPublishedIsNotTakenForLost() throws Exception {
        other.setProperty("poll.period", "1s");
        try (var engine = begin(Polls.ALWAYS)) {
            await(engine, Optional.empty());
            for (int time = 0; time < 6; time++) {
                list(time % 2 == 0 ? "Failed" : "Success", "a", "b");

                assertThat(retain().exitCode()).isNotEqualTo(1);
                assertThat(engine.publisher().problem()).isEmpty();
            }
        }
        run();
        assertThat(database.column("select halted from jobtrail.publication")).containsOnlyNulls();
    }

    /** As a disk of before would have it: the topic is the same, and its last cursor is an older one. */
    private void backUnderTheSameTopicId(ConsumerRecord<String, byte[]> cursor) throws Exception {
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(cursor.topic(), cursor.key(), cursor.value()))
                    .get();
        }
    }

    private List<Object> publications() throws SQLException {
        return database.column("select publication::text from jobtrail.publication order by organization_id");
    }

    @Test
    void aKafkaThatDoesNotAnswerRemovesNothing() throws Exception {
        other.setProperty("kafka.bootstrap-servers", "127.0.0.1:1");
        other.setProperty("kafka.client.default.api.timeout.ms", "1000");
        other.setProperty("kafka.client.request.timeout.ms", "500");

        Said said = retain();

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.output()).startsWith("jobtrail: nothing is removed: Kafka at 127.0.0.1:1: ");
        assertThat(rows()).isEqualTo(2);
    }

    private Said check() throws Exception {
        return said("check");
    }

    private Said retain() throws Exception {
        return said("retain", "--before", Instant.now().toString());
    }

    private Said said(String... arguments) throws IOException {
        Path config = directory.resolve("jobtrail.properties");
        try (var file = Files.newBufferedWriter(config)) {
            properties(kafka.bootstrapServers()).store(file, null);
        }
        return Said.by(config, arguments);
    }
}
