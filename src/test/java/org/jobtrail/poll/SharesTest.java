package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jobtrail.support.TestSource;
import org.junit.jupiter.api.Test;

/** To which partitions the shares of a cycle go, of those that Kafka has dealt out to the instances. */
class SharesTest {

    private static final String TOPIC = "shares";
    private static final int DEFAULT = 12;

    private final Sharing sharing = new Sharing(true, "one");

    @Test
    void noInstanceGetsAllSharesHoweverFewThereAreAndInWhicheverOrderTheInstancesCame() throws Exception {
        for (int instances = 2; instances <= 4; instances++) {
            var together = new Group();
            IntStream.range(0, instances).forEach(together::join);
            together.deal();
            var oneAfterTheOther = new Group();
            for (int instance = 0; instance < instances; instance++) {
                oneAfterTheOther.join(instance);
                oneAfterTheOther.deal();
            }
            for (int shares = 2; shares <= DEFAULT; shares++) {
                List<Integer> used = partitions(shares, DEFAULT);
                for (Group group : List.of(together, oneAfterTheOther)) {
                    assertThat(group.dealt())
                            .as("%d shares, dealt out as %s", shares, group.dealt())
                            .hasSize(instances)
                            .filteredOn(partitions -> partitions.stream().anyMatch(used::contains))
                            .hasSizeGreaterThan(1);
                }
            }
        }
    }

    @Test
    void noPartitionGetsAShareMoreThanAnother() throws Exception {
        for (int count = 1; count <= 40; count++) {
            assertThat(partitions(count, count)).hasSize(count).doesNotHaveDuplicates();
            for (int partition = 0; partition < count; partition++) {
                assertThat(partitions(3 * count, count))
                        .filteredOn(Integer.valueOf(partition)::equals)
                        .hasSize(3);
            }
        }
    }

    @Test
    void whereItIsNotKnownHowManyThereAreKafkaChooses() throws Exception {
        assertThat(messages(3))
                .hasSize(3)
                .allSatisfy(message -> assertThat(message.getHeader(KafkaConstants.PARTITION_KEY))
                        .isNull());
    }

    private List<Integer> partitions(int shares, int count) throws Exception {
        sharing.joined("east", count);
        return messages(shares).stream()
                .map(message -> message.getHeader(KafkaConstants.PARTITION_KEY, Integer.class))
                .toList();
    }

    private List<Message> messages(int shares) throws Exception {
        var attempt = new Attempt(TestSource.named("east").settings(), 17, "2026-11-23T10:00:00.000000Z", 0);
        attempt.divided(shares);
        try (var context = new DefaultCamelContext()) {
            return new Shares(sharing, new InHand()).messages(attempt, new DefaultExchange(context));
        }
    }

    /** What the leader of a consumer group does, as {@code 1-take-shares} wants it done. */
    private static final class Group {

        private final CooperativeStickyAssignor assignor = new CooperativeStickyAssignor();
        private final Map<String, List<TopicPartition>> owned = new TreeMap<>();
        private int generation;

        void join(int instance) {
            owned.put("instance-" + instance, List.of());
        }

        /** Twice: what one instance is to have of another is given up first. */
        void deal() {
            rebalance();
            rebalance();
        }

        Collection<List<Integer>> dealt() {
            return owned.values().stream()
                    .map(partitions ->
                            partitions.stream().map(TopicPartition::partition).toList())
                    .toList();
        }

        private void rebalance() {
            var subscriptions = new TreeMap<String, Subscription>();
            owned.forEach((instance, partitions) -> subscriptions.put(
                    instance, new Subscription(List.of(TOPIC), userData(), partitions, generation, Optional.empty())));
            Map<String, Assignment> dealt = assignor.assign(cluster(), new GroupSubscription(subscriptions))
                    .groupAssignment();
            dealt.forEach((instance, assignment) -> owned.put(instance, assignment.partitions()));
            generation++;
        }

        private ByteBuffer userData() {
            return ByteBuffer.allocate(Integer.BYTES).putInt(0, generation);
        }

        private static Cluster cluster() {
            var node = new Node(1, "localhost", 9092);
            return new Cluster(
                    "cluster",
                    List.of(node),
                    IntStream.range(0, DEFAULT)
                            .mapToObj(partition ->
                                    new PartitionInfo(TOPIC, partition, node, new Node[] {node}, new Node[] {node}))
                            .toList(),
                    Set.of(),
                    Set.of());
        }
    }
}
