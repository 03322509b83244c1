package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Settings by which Kafka may lose what it has acknowledged. */
@ExtendWith(RealServers.class)
class DurabilityTest {

    @Test
    void aTopicWhoseLeaderMayLagBehindIsNamedWithWhatToDo(KafkaServer kafka) throws Exception {
        var names = new KafkaTopics(
                "durable.events", "durable.cursor", "durable.checkpoints", "durable.state", "durable.shares", 1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(Durability.warnings(admin, names)).as("none is there").isEmpty();
            var topics = new Topics(names);
            topics.ensure(admin);
            topics.ensureCheckpoints(admin);
            assertThat(Durability.warnings(admin, names)).isEmpty();

            kafka.configure(names.cursor(), "unclean.leader.election.enable", "true");
            kafka.configure(names.checkpoints(), "unclean.leader.election.enable", "true");

            assertThat(Durability.warnings(admin, names))
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("topic durable.cursor has unclean.leader.election.enable=true: ")
                    .endsWith("; set it to false");
        }
    }

    @Test
    void soIsOneOfSeveralReplicasOfWhichOneMayAcknowledgeAlone() {
        assertThat(Durability.warnings("events", 3, Optional.of("false"), Optional.of("1")))
                .singleElement()
                .asString()
                .startsWith("topic events has 3 replicas and min.insync.replicas=1: ")
                .endsWith("; set it to 2");
        assertThat(Durability.warnings("events", 3, Optional.of("false"), Optional.of("2")))
                .isEmpty();
    }

    @Test
    void oneReplicaIsTheOperatorsDecisionAndWhatABrokerDoesNotTellIsNotJudged() {
        assertThat(Durability.warnings("events", 1, Optional.of("false"), Optional.of("1")))
                .isEmpty();
        assertThat(Durability.warnings("events", 3, Optional.empty(), Optional.empty()))
                .isEmpty();
    }
}
