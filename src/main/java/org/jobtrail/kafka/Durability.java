package org.jobtrail.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings by which topics that hold evidence may lose what Kafka has acknowledged. */
public final class Durability {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final int ENOUGH = 2;

    private Durability() {}

    /** Sentences with what to do; none of a topic that is not there, or whose settings this account may not read. */
    public static List<String> warnings(Admin admin, KafkaTopics names) throws InterruptedException {
        var warnings = new ArrayList<String>();
        for (String topic : List.of(names.events(), names.cursor(), names.state(), names.checkpoints())) {
            try {
                Optional<TopicDescription> found = TopicDescriptions.find(admin, topic);
                if (found.isPresent()) {
                    Config config = TopicDescriptions.config(admin, topic);
                    warnings.addAll(warnings(
                            topic,
                            replicas(found.get()),
                            value(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG),
                            value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)));
                }
            } catch (KafkaException e) {
                LOG.debug("the settings of topic {} are not known", topic, e);
            }
        }
        return warnings;
    }

    /** What a broker does not tell of, it may not know. */
    static List<String> warnings(String topic, int replicas, Optional<String> unclean, Optional<String> inSync) {
        var warnings = new ArrayList<String>();
        if (unclean.filter("true"::equals).isPresent()) {
            warnings.add(
                    "topic %s has unclean.leader.election.enable=true: a broker that lags behind may become its leader, and what Kafka has acknowledged since is gone; set it to false"
                            .formatted(topic));
        }
        inSync.filter(number -> replicas >= ENOUGH && Integer.parseInt(number) < ENOUGH)
                .ifPresent(number -> warnings.add(
                        "topic %s has %d replicas and min.insync.replicas=%s: what only one broker has, Kafka acknowledges, and it is gone with that broker's disk; set it to %d"
                                .formatted(topic, replicas, number, ENOUGH)));
        return warnings;
    }

    private static int replicas(TopicDescription topic) {
        return topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .max()
                .orElse(0);
    }

    private static Optional<String> value(Config config, String name) {
        return Optional.ofNullable(config.get(name)).map(ConfigEntry::value);
    }
}
