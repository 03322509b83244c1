package org.jobtrail.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What is committed of a topic that has one partition. */
public final class OnePartition {

    private final KafkaClients clients;
    private final TopicPartition partition;

    public OnePartition(KafkaClients clients, String topic) {
        this.clients = clients;
        this.partition = new TopicPartition(topic, 0);
    }

    public record Ends(long begin, long end) {}

    public Ends ends() {
        try (var uncommitted = clients.consumer("read_uncommitted")) {
            return new Ends(
                    uncommitted.beginningOffsets(List.of(partition)).get(partition),
                    uncommitted.endOffsets(List.of(partition)).get(partition));
        }
    }

    /** All of them. */
    public CommittedRecords records() {
        Ends ends = ends();
        return records(ends.begin(), ends.end());
    }

    public CommittedRecords records(long from, long end) {
        var committed = clients.consumer("read_committed");
        committed.assign(List.of(partition));
        committed.seek(partition, from);
        return new CommittedRecords(committed, Map.of(partition, end));
    }
}
