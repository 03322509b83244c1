package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.support.Await;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Logged;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions of others on topics that are published to. */
@ExtendWith(RealServers.class)
class CommittedEndsTest {

    private static final Duration TRANSACTION = Duration.ofSeconds(30);
    private static final Duration LONGER = Duration.ofMinutes(1);

    private final KafkaServer kafka;
    private final Admin admin;
    private final AtomicLong nanos = new AtomicLong();
    private KafkaTopics names;
    private Topics.Identity identity;
    private CommittedEnds ends;

    CommittedEndsTest(KafkaServer kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @BeforeEach
    void make(TestInfo test) throws Exception {
        String prefix = "ends." + test.getTestMethod().orElseThrow().getName();
        names = TestSettings.topics(prefix, 2);
        identity = new Topics(names).ensure(admin);
        ends = new CommittedEnds(names, TRANSACTION, nanos::get, Duration.ZERO);
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void aTransactionThatStaysOpenIsToldWithItsTopicPartitionAndOffsetUntilItEnds() throws Exception {
        try (var log = new Logged("jobtrail.publish");
                Producer<String, String> us = producer("us");
                Producer<String, String> somebody = producer("somebody")) {
            us.beginTransaction();
            send(us, names.events());
            us.commitTransaction();
            // A record, and the mark of the commit.
            awaitCommitted();
            somebody.beginTransaction();
            send(somebody, names.events());
            us.beginTransaction();
            send(us, names.events());
            us.commitTransaction();

            look();
            assertThat(ends.problem()).as("seen for the first time").isEmpty();
            pass(TRANSACTION);
            look();
            assertThat(ends.problem()).as("it may still be given up").isEmpty();
            pass(LONGER);
            look();
            look();

            assertThat(ends.problem())
                    .get()
                    .asString()
                    .startsWith("topic %s, partition 1: consumers".formatted(names.events()))
                    .contains(
                            "from offset 2 on",
                            "kafka-transactions.sh find-hanging --topic %s --partition 1".formatted(names.events()),
                            "abort --topic %s --partition 1 --start-offset 2".formatted(names.events()));
            assertThat(ends.partitions()).isEqualTo(1);
            assertThat(log.messages()).hasSize(1);

            somebody.abortTransaction();
            Await.until(Duration.ofMinutes(1), () -> "it is over", () -> {
                look();
                return ends.problem().isEmpty();
            });
            assertThat(ends.partitions()).isZero();
        }
    }

    @Test
    void soIsOneOnTheStateTopic() throws Exception {
        try (Producer<String, String> somebody = producer("states")) {
            somebody.beginTransaction();
            send(somebody, names.state());
            look();
            pass(LONGER);
            look();

            assertThat(ends.problem()).get().asString().startsWith("topic %s, partition 1".formatted(names.state()));
            somebody.abortTransaction();
        }
    }

    @Test
    void transactionsThatFollowEachOtherHoldNothing() throws Exception {
        try (Producer<String, String> us = producer("one after the other")) {
            for (int time = 0; time < 3; time++) {
                us.beginTransaction();
                send(us, names.events());
                look();
                us.commitTransaction();
                pass(LONGER);
            }
            assertThat(ends.problem()).isEmpty();
        }
    }

    @Test
    void whoLeavesItToAnotherInstanceTellsNothingAnyMore() throws Exception {
        try (Producer<String, String> somebody = producer("left")) {
            somebody.beginTransaction();
            send(somebody, names.events());
            look();
            pass(LONGER);
            look();
            assertThat(ends.problem()).isPresent();

            ends.leaveToOthers();
            look();

            assertThat(ends.problem()).isEmpty();
            somebody.abortTransaction();
        }
    }

    private void look() throws InterruptedException {
        ends.look(admin, identity);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void awaitCommitted() throws Exception {
        Await.until(
                Duration.ofMinutes(1),
                () -> "the first is seen",
                () -> kafka.committedRecords(names.events()).size() == 1);
    }

    private static void send(Producer<String, String> producer, String topic) throws Exception {
        producer.send(new ProducerRecord<>(topic, 1, "key", "value")).get();
    }

    private Producer<String, String> producer(String name) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "committed ends, " + name);
        var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }
}
