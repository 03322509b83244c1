package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** What somebody changes of topics that are published to. */
@ExtendWith(RealServers.class)
class SameTopicsTest {

    private final KafkaServer kafka;
    private final Admin admin;
    private KafkaTopics names;
    private SameTopics same;

    SameTopicsTest(KafkaServer kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @BeforeEach
    void make(TestInfo test) throws Exception {
        String prefix = "same." + test.getTestMethod().orElseThrow().getName();
        names = TestSettings.topics(prefix, 1);
        same = sameTopics(Duration.ZERO);
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void aSettingByWhichEventsGoIsSaidAsAtTheStart() throws Exception {
        same.require();

        kafka.configure(names.events(), "cleanup.policy", "compact");

        assertThatThrownBy(same::require)
                .isInstanceOf(MissingTopicException.class)
                .hasMessage("topic %s has cleanup.policy=compact: it must have cleanup.policy=delete"
                        .formatted(names.events()));
    }

    @Test
    void soIsOneByWhichCursorsOrStatesGo() throws Exception {
        kafka.configure(names.cursor(), "cleanup.policy", "delete");
        assertThatThrownBy(same::require).hasMessageStartingWith("topic %s has 1 partition".formatted(names.cursor()));
        kafka.configure(names.cursor(), "cleanup.policy", "compact");
        same.require();

        kafka.configure(names.state(), "cleanup.policy", "delete");
        assertThatThrownBy(same::require).hasMessageStartingWith("topic %s has ".formatted(names.state()));
    }

    @Test
    void oneByWhichCheckpointsGoKeepsNoEventFromBeingPublished() throws Exception {
        assertThat(same.keepCheckpoints()).isTrue();

        kafka.configure(names.checkpoints(), "retention.ms", "60000");

        same.require();
        assertThat(same.keepCheckpoints()).isFalse();
    }

    @Test
    void settingsAreNotAskedForEachTime() throws Exception {
        same = sameTopics(Duration.ofMinutes(1));
        kafka.configure(names.events(), "cleanup.policy", "compact");
        kafka.configure(names.checkpoints(), "retention.ms", "60000");

        same.require();
        assertThat(same.keepCheckpoints()).isTrue();
    }

    /** As what only speaks Kafka's protocol may be. */
    @Test
    void whatABrokerDoesNotTellOfIsNotTakenForWrong() throws Exception {
        Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var silent = new ForwardingAdmin(servers) {
            @Override
            public DescribeConfigsResult describeConfigs(
                    Collection<ConfigResource> resources, DescribeConfigsOptions options) {
                Map<ConfigResource, KafkaFuture<Config>> told = new HashMap<>();
                super.describeConfigs(resources, options)
                        .values()
                        .forEach((resource, config) -> told.put(
                                resource,
                                config.thenApply(all -> new Config(all.entries().stream()
                                        .filter(entry -> !entry.name().equals("retention.bytes"))
                                        .toList()))));
                return new DescribeConfigsResult(told) {};
            }
        }) {
            assertThat(new Topics(names).problems(silent)).isEmpty();
            kafka.configure(names.checkpoints(), "retention.ms", "60000");
            assertThat(new Topics(names).problems(silent))
                    .singleElement()
                    .asString()
                    .contains(
                            "cleanup.policy=delete, retention.ms=60000: it must have 1 partition, cleanup.policy=delete");
        }
    }

    private SameTopics sameTopics(Duration settingsPause) throws Exception {
        var topics = new Topics(names);
        topics.ensureCheckpoints(admin);
        return new SameTopics(admin, topics, topics.ensure(admin), settingsPause);
    }
}
