package org.jobtrail.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.JsonText;

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
                    .put("partitions", partitions)
                    .put("state_partitions", statePartitions));
        }
    }

    /** Whatever the cluster's defaults are: log.retention.bytes would remove what is old by the size of what is new. */
    private static final Map<String, String> KEPT = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            "delete",
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1");

    private static final Map<String, String> COMPACTED = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");

    /** Compacted often: each start reads all that is there, and what is being written to is never compacted. */
    private static final Map<String, String> COMPACTED_OFTEN = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, "compact", TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(16 << 20));

    private static final Map<String, String> SHORT_LIVED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "86400000");

    /** The retention is the operator's choice, but nothing else may take an event away. */
    private static final Map<String, String> NOT_COMPACTED = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");

    private final KafkaTopics names;
    private final NeededTopic events;
    private final NeededTopic cursor;
    private final NeededTopic state;
    private final NeededTopic checkpoints;

    public Topics(KafkaTopics names) {
        this.names = names;
        this.events = new NeededTopic(names.events(), names.partitions(), false, KEPT, NOT_COMPACTED);
        // Cursors that a retention deletes, or that are looked for in one partition of several, would pass for lost
        // data; so would states of jobs that have not changed for long.
        this.cursor = new NeededTopic(names.cursor(), 1, true, COMPACTED_OFTEN, COMPACTED);
        this.state = new NeededTopic(names.state(), names.partitions(), false, COMPACTED, COMPACTED);
        // A chain has one order and no gap: it stands in one partition, and is neither compacted nor deleted.
        this.checkpoints = new NeededTopic(names.checkpoints(), 1, true, KEPT, KEPT);
    }

    public Identity ensure(Admin admin) throws InterruptedException {
        return identity(admin, events.ensure(admin), cursor.ensure(admin), state.ensure(admin));
    }

    /** A topic of its own, so that one which is missing or wrong keeps no event from being published. */
    public void ensureCheckpoints(Admin admin) throws InterruptedException {
        checkpoints.ensure(admin);
    }

    /** Shares are of no use once their cycle is over. Returns the number of partitions. */
    public int ensureShares(Admin admin, Source source) throws InterruptedException {
        return new NeededTopic(names.shares(source), names.partitions(), false, SHORT_LIVED, Map.of())
                .ensure(admin)
                .partitions()
                .size();
    }

    /** What they are now; empty where one is missing. */
    public Optional<Identity> identity(Admin admin) throws InterruptedException {
        Optional<TopicDescription> ofEvents = TopicDescriptions.find(admin, names.events());
        Optional<TopicDescription> ofCursor = TopicDescriptions.find(admin, names.cursor());
        Optional<TopicDescription> ofState = TopicDescriptions.find(admin, names.state());
        return ofEvents.isPresent() && ofCursor.isPresent() && ofState.isPresent()
                ? Optional.of(identity(admin, ofEvents.get(), ofCursor.get(), ofState.get()))
                : Optional.empty();
    }

    private static Identity identity(
            Admin admin, TopicDescription events, TopicDescription cursor, TopicDescription state)
            throws InterruptedException {
        return new Identity(
                AdminAnswer.of(admin.describeCluster().clusterId()),
                events.topicId().toString(),
                cursor.topicId().toString(),
                state.topicId().toString(),
                events.partitions().size(),
                state.partitions().size());
    }

    /** What is wrong with those that are there, and {@link #ensure} would refuse. */
    public List<String> problems(Admin admin) throws InterruptedException {
        return problems(admin, events, cursor, state, checkpoints);
    }

    /** As {@link #problems}, of the topics that nothing is published without. */
    List<String> problemsOfPublishing(Admin admin) throws InterruptedException {
        return problems(admin, events, cursor, state);
    }

    /** As {@link #problems}, of the topic that costs no event. */
    List<String> problemsOfCheckpoints(Admin admin) throws InterruptedException {
        return problems(admin, checkpoints);
    }

    private static List<String> problems(Admin admin, NeededTopic... topics) throws InterruptedException {
        var problems = new ArrayList<String>();
        for (NeededTopic topic : topics) {
            topic.problem(admin).ifPresent(problems::add);
        }
        return problems;
    }
}
