package org.jobtrail.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.text.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the partitions of a topic end. None of them ever ends before that, whatever retention or compaction removes: then Kafka has lost
 * something.
 */
public record TopicEnds(String topicId, Map<Integer, Long> offsets) {

    /** One partition without a leader must not hold up what is published to the others. */
    private static final int PATIENCE_MILLIS = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    /** Those of the events topic; none where Kafka does not tell. */
    public static TopicEnds ofEvents(Admin admin, KafkaTopics names, Topics.Identity identity)
            throws InterruptedException {
        return new TopicEnds(identity.topicId(), offsets(admin, names.events(), identity.partitions()));
    }

    /** Those of the state topic; none where Kafka does not tell. */
    public static TopicEnds ofStates(Admin admin, KafkaTopics names, Topics.Identity identity)
            throws InterruptedException {
        return new TopicEnds(identity.stateTopicId(), offsets(admin, names.state(), identity.statePartitions()));
    }

    private static Map<Integer, Long> offsets(Admin admin, String topic, int partitions) throws InterruptedException {
        try {
            Map<TopicPartition, Long> ends = PartitionEnds.of(
                    admin,
                    IntStream.range(0, partitions)
                            .mapToObj(number -> new TopicPartition(topic, number))
                            .toList(),
                    new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(PATIENCE_MILLIS));
            return ends.entrySet().stream()
                    .collect(Collectors.toMap(end -> end.getKey().partition(), Map.Entry::getValue));
        } catch (KafkaException e) {
            LOG.debug("where topic {} ends is not known", topic, e);
            return Map.of();
        }
    }

    /** False where Kafka did not tell. */
    public boolean areKnown() {
        return !offsets.isEmpty();
    }

    /** As PostgreSQL reads them. */
    public String json() {
        var ends = JsonNodeFactory.instance.arrayNode();
        offsets.forEach((partition, offset) -> ends.addObject()
                .put("topic_id", topicId)
                .put("partition", partition)
                .put("end_offset", offset));
        return JsonText.of(ends);
    }
}
