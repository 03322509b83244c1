package org.jobtrail.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.transform.JsonText;

/** The topics, with the settings that they need. Created where they are missing and the account may; never changed. */
public final class Topics {

    /**
     * Who the cluster and its topics are: another cluster, or a topic that was deleted and made anew, has other ids.
     *
     * @param partitions of the events topic: another number gives jobs other partitions
     * @param statePartitions the same of the state topic
     */
    public record Identity(
            String clusterId,
            String topicId,
            String cursorTopicId,
            String stateTopicId,
            int partitions,
            int statePartitions) {

        /** As PostgreSQL reads it, a {@code publication_identity}. */
        public String json() {
            return JsonText.of(JsonNodeFactory.instance
                    .objectNode()
                    .put("cluster_id", clusterId)
                    .put("topic_id", topicId)
                    .put("cursor_topic_id", cursorTopicId)
                    .put("state_topic_id", stateTopicId)
                    .put("partitions", partitions));
        }
    }

    private static final Map<String, String> KEPT =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "-1");
    private static final Map<String, String> COMPACTED = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");

    /** Compacted often: each start reads all that is there, and what is being written to is never compacted. */
    private static final Map<String, String> COMPACTED_OFTEN = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, "compact", TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(16 << 20));

    private static final Map<String, String> SHORT_LIVED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "86400000");

    /** With a retention of the operator's choice: but nothing else may take an event away. */
    private static final Map<String, String> NOT_COMPACTED = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");

    private final KafkaTopics names;
    private final Needed events;
    private final Needed cursor;
    private final Needed state;
    private final Needed checkpoints;

    public Topics(KafkaTopics names) {
        this.names = names;
        this.events = new Needed(names.events(), names.partitions(), false, KEPT, NOT_COMPACTED);
        // Cursors that a retention deletes, or that are looked for in one partition of several, would pass for lost
        // data; so would states of jobs that have not changed for long.
        this.cursor = new Needed(names.cursor(), 1, true, COMPACTED_OFTEN, COMPACTED);
        this.state = new Needed(names.state(), names.partitions(), false, COMPACTED, COMPACTED);
        // A chain has one order and no gap: it stands in one partition, and is neither compacted nor deleted.
        this.checkpoints = new Needed(names.checkpoints(), 1, true, KEPT, KEPT);
    }

    /**
     * @param one true where another number of partitions would be wrong
     * @param made what it is made with
     * @param settings what it must have, whoever made it
     */
    private record Needed(
            String topic, int partitions, boolean one, Map<String, String> made, Map<String, String> settings) {}

    public Identity ensure(Admin admin) throws InterruptedException {
        try {
            return identity(admin, ensure(admin, events), ensure(admin, cursor), ensure(admin, state));
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** A topic of its own, so that one which is missing or wrong keeps no event from being published. */
    public void ensureCheckpoints(Admin admin) throws InterruptedException {
        try {
            ensure(admin, checkpoints);
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** What they are now; empty where one is missing. */
    Optional<Identity> identity(Admin admin) throws InterruptedException {
        try {
            Optional<TopicDescription> ofEvents = find(admin, names.events());
            Optional<TopicDescription> ofCursor = find(admin, names.cursor());
            Optional<TopicDescription> ofState = find(admin, names.state());
            return ofEvents.isPresent() && ofCursor.isPresent() && ofState.isPresent()
                    ? Optional.of(identity(admin, ofEvents.get(), ofCursor.get(), ofState.get()))
                    : Optional.empty();
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private static Identity identity(
            Admin admin, TopicDescription events, TopicDescription cursor, TopicDescription state)
            throws InterruptedException, ExecutionException {
        return new Identity(
                admin.describeCluster().clusterId().get(),
                events.topicId().toString(),
                cursor.topicId().toString(),
                state.topicId().toString(),
                events.partitions().size(),
                state.partitions().size());
    }

    /** What is wrong with those that are there, for whom {@link #ensure} would refuse them. */
    public List<String> problems(Admin admin) throws InterruptedException, ExecutionException {
        var problems = new ArrayList<String>();
        for (Needed needed : List.of(events, cursor, state, checkpoints)) {
            Optional<TopicDescription> found = find(admin, needed.topic());
            if (found.isPresent()) {
                problem(admin, found.get(), needed).ifPresent(problems::add);
            }
        }
        return problems;
    }

    /** Shares are of no use once their cycle is over. Returns the number of partitions. */
    public int ensureShares(Admin admin, Source source) throws InterruptedException {
        try {
            return ensure(admin, names.shares(source), names.partitions(), SHORT_LIVED)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** What Kafka said, for who cannot do anything about it. */
    public static KafkaException cause(ExecutionException e) {
        return e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }

    private static TopicDescription ensure(Admin admin, String topic, int partitions, Map<String, String> settings)
            throws InterruptedException, ExecutionException {
        Optional<TopicDescription> found = find(admin, topic);
        return found.isPresent() ? found.get() : create(admin, topic, partitions, settings);
    }

    private static TopicDescription ensure(Admin admin, Needed needed) throws InterruptedException, ExecutionException {
        TopicDescription topic = ensure(admin, needed.topic(), needed.partitions(), needed.made());
        problem(admin, topic, needed).ifPresent(problem -> {
            throw new MissingTopicException(problem);
        });
        return topic;
    }

    private static Optional<String> problem(Admin admin, TopicDescription topic, Needed needed)
            throws InterruptedException, ExecutionException {
        Config actual = config(admin, topic.name());
        Map<String, String> found = needed.settings().keySet().stream()
                .collect(Collectors.toMap(
                        name -> name, name -> String.valueOf(actual.get(name).value())));
        int partitions = topic.partitions().size();
        if (found.equals(needed.settings()) && (!needed.one() || partitions == 1)) {
            return Optional.empty();
        }
        return Optional.of("topic %s has %s%s: it must have %s%s"
                .formatted(
                        topic.name(),
                        needed.one() ? "%d partition%s, ".formatted(partitions, partitions == 1 ? "" : "s") : "",
                        listed(found),
                        needed.one() ? "1 partition, " : "",
                        listed(needed.settings())));
    }

    private static String listed(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** True where no retention removes any of its records; false where it does, or nobody may know. */
    public static boolean keepsAll(Admin admin, String topic) throws InterruptedException {
        try {
            Config config = config(admin, topic);
            return Stream.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)
                    .map(config::get)
                    .allMatch(entry -> entry != null && "-1".equals(entry.value()));
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static Config config(Admin admin, String topic) throws InterruptedException, ExecutionException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }

    /** What is known of the topic that has this id; empty where there is none on this cluster. */
    public static Optional<TopicDescription> ofId(Admin admin, String topicId) throws InterruptedException {
        Uuid id = Uuid.fromString(topicId);
        try {
            return unlessUnknown(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                    .topicIdValues()
                    .get(id));
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** What is known of the topic, without creating it. */
    public static Optional<TopicDescription> find(Admin admin, String topic)
            throws InterruptedException, ExecutionException {
        return unlessUnknown(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }

    private static Optional<TopicDescription> unlessUnknown(KafkaFuture<TopicDescription> topic)
            throws InterruptedException, ExecutionException {
        try {
            return Optional.of(topic.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof UnknownTopicIdException) {
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
                                        listed(settings)));
            }
        }
        // A new topic is known to the controller before every broker has heard of it.
        for (int tries = 0; tries < 250; tries++) {
            Optional<TopicDescription> description = find(admin, topic);
            if (description.isPresent()) {
                return description.get();
            }
            Thread.sleep(20);
        }
        throw new MissingTopicException("topic %s was created but is not to be seen".formatted(topic));
    }
}
