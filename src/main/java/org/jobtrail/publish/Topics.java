package org.jobtrail.publish;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jobtrail.settings.Settings.KafkaTopics;

/** The topics, with the settings that they need. Created where they are missing and the account may; never changed. */
public final class Topics {

    /** Who the cluster and the events topic are: another cluster, or a topic that was deleted and made anew, has other ids. */
    public record Identity(String clusterId, String topicId) {}

    private static final Map<String, String> EVENTS = Map.of("cleanup.policy", "delete", "retention.ms", "-1");
    private static final Map<String, String> CURSOR = Map.of("cleanup.policy", "compact");

    private static final Map<String, String> CHECKPOINTS = Map.of("cleanup.policy", "delete", "retention.ms", "-1");

    private final KafkaTopics names;

    public Topics(KafkaTopics names) {
        this.names = names;
    }

    public Identity ensure(Admin admin) throws InterruptedException {
        try {
            TopicDescription events = find(admin, names.events()).orElse(null);
            if (events == null) {
                events = create(admin, names.events(), names.partitions(), EVENTS);
            }
            if (find(admin, names.cursor()).isEmpty()) {
                create(admin, names.cursor(), 1, CURSOR);
            }
            requireCursorTopic(admin);
            return new Identity(
                    admin.describeCluster().clusterId().get(), events.topicId().toString());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        }
    }

    /** A topic of its own, so that one which is missing or wrong keeps no event from being published. */
    public void ensureCheckpoints(Admin admin) throws InterruptedException {
        try {
            if (find(admin, names.checkpoints()).isEmpty()) {
                create(admin, names.checkpoints(), 1, CHECKPOINTS);
            }
            requireCheckpointTopic(admin);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        }
    }

    /** A chain has one order and no gap: it stands in one partition, and is neither compacted nor deleted. */
    private void requireCheckpointTopic(Admin admin) throws InterruptedException, ExecutionException {
        int partitions =
                find(admin, names.checkpoints()).orElseThrow().partitions().size();
        Config settings = settings(admin, names.checkpoints());
        String policy = settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        String retention = settings.get(TopicConfig.RETENTION_MS_CONFIG).value();
        if (partitions != 1 || !policy.equals(TopicConfig.CLEANUP_POLICY_DELETE) || !retention.equals("-1")) {
            throw new MissingTopicException(
                    "topic %s has %d partitions, cleanup.policy=%s and retention.ms=%s: it must have 1, cleanup.policy=delete and retention.ms=-1"
                            .formatted(names.checkpoints(), partitions, policy, retention));
        }
    }

    private static Config settings(Admin admin, String topic) throws InterruptedException, ExecutionException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }

    /** Cursors that a retention deletes, or that are looked for in one partition of several, would pass for data that Kafka lost. */
    private void requireCursorTopic(Admin admin) throws InterruptedException, ExecutionException {
        int partitions = find(admin, names.cursor()).orElseThrow().partitions().size();
        String policy = settings(admin, names.cursor())
                .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                .value();
        if (partitions != 1 || !policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new MissingTopicException(
                    "topic %s has %d partitions and cleanup.policy=%s: it must have 1 and cleanup.policy=compact"
                            .formatted(names.cursor(), partitions, policy));
        }
    }

    /** What is known of the topic, without creating it. */
    public static Optional<TopicDescription> find(Admin admin, String topic)
            throws InterruptedException, ExecutionException {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static TopicDescription create(Admin admin, String topic, int partitions, Map<String, String> settings)
            throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(
                            List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new MissingTopicException(
                        "topic %s is missing and this account cannot create it (%s): create it with %d partition%s, %s, replication factor as your cluster's default"
                                .formatted(
                                        topic,
                                        e.getCause().getClass().getSimpleName(),
                                        partitions,
                                        partitions == 1 ? "" : "s",
                                        settings.entrySet().stream()
                                                .map(setting -> setting.getKey() + "=" + setting.getValue())
                                                .sorted()
                                                .collect(Collectors.joining(", "))));
            }
        }
        // A new topic is known to the controller before every broker has heard of it.
        for (int tries = 0; tries < 50; tries++) {
            Optional<TopicDescription> description = find(admin, topic);
            if (description.isPresent()) {
                return description.get();
            }
            Thread.sleep(100);
        }
        throw new MissingTopicException("topic %s was created but is not to be seen".formatted(topic));
    }
}
