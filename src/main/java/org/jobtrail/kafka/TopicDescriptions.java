package org.jobtrail.kafka;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.SecurityUtils;

/** What a cluster tells of its topics. */
public final class TopicDescriptions {

    private TopicDescriptions() {}

    /** What is known of the topic, without creating it. */
    public static Optional<TopicDescription> find(Admin admin, String topic) throws InterruptedException {
        return find(admin, topic, new DescribeTopicsOptions());
    }

    /** The same with what this account may do with it, which a broker need not tell. */
    static Optional<TopicDescription> findWithRights(Admin admin, String topic) throws InterruptedException {
        return find(admin, topic, new DescribeTopicsOptions().includeAuthorizedOperations(true));
    }

    private static Optional<TopicDescription> find(Admin admin, String topic, DescribeTopicsOptions options)
            throws InterruptedException {
        try {
            return unlessUnknown(admin.describeTopics(List.of(topic), options)
                    .topicNameValues()
                    .get(topic));
        } catch (TopicAuthorizationException e) {
            throw refused(topic, AclOperation.DESCRIBE);
        }
    }

    /** What is known of the topic that has this id; empty where there is none on this cluster. */
    public static Optional<TopicDescription> ofId(Admin admin, String topicId) throws InterruptedException {
        Uuid id = Uuid.fromString(topicId);
        return unlessUnknown(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                .topicIdValues()
                .get(id));
    }

    private static Optional<TopicDescription> unlessUnknown(KafkaFuture<TopicDescription> topic)
            throws InterruptedException {
        try {
            return Optional.of(AdminAnswer.of(topic));
        } catch (UnknownTopicOrPartitionException | UnknownTopicIdException e) {
            return Optional.empty();
        }
    }

    /** True where no retention removes any of its records; false where it does, or nobody may know. */
    public static boolean keepsAll(Admin admin, String topic) throws InterruptedException {
        try {
            Config config = config(admin, topic);
            return Stream.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)
                    .map(config::get)
                    .allMatch(entry -> entry != null && "-1".equals(entry.value()));
        } catch (KafkaException e) {
            return false;
        }
    }

    static Config config(Admin admin, String topic) throws InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return AdminAnswer.of(admin.describeConfigs(List.of(resource)).all())
                    .get(resource);
        } catch (TopicAuthorizationException e) {
            throw refused(topic, AclOperation.DESCRIBE_CONFIGS);
        }
    }

    /** Kafka itself says neither of which topic nor for which right; so it is not the cause, which is what is told. */
    private static KafkaException refused(String topic, AclOperation right) {
        return new TopicAuthorizationException(SecurityUtils.operationName(right) + " is missing", Set.of(topic));
    }
}
