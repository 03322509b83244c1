package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.kafka.AdminAnswer;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.TopicDescriptions;

/**
 * Which Kafka this is, and whether it is the one that the history was published on: beside a copied database stands another.
 *
 * @param partitions how many the topic of the events has; none where there is no such topic
 * @param keepsAllEvents true where no retention removes any
 * @param known what the database knows: empty where nothing was published
 */
record TopicIdentity(
        String clusterId,
        Optional<String> events,
        int partitions,
        boolean keepsAllEvents,
        boolean checkpoints,
        Set<Known> known) {

    /** A topic that the history was published on. */
    record Known(String clusterId, String topicId) {}

    static TopicIdentity of(Connection connection, KafkaClients clients, String events, String checkpoints)
            throws SQLException {
        Set<Known> known = known(connection);
        try (Admin admin = clients.admin()) {
            Optional<TopicDescription> published = TopicDescriptions.find(admin, events);
            return new TopicIdentity(
                    AdminAnswer.of(admin.describeCluster().clusterId()),
                    published.map(TopicDescription::topicId).map(Object::toString),
                    published.map(topic -> topic.partitions().size()).orElse(0),
                    TopicDescriptions.keepsAll(admin, events),
                    TopicDescriptions.find(admin, checkpoints).isPresent(),
                    known);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    boolean foreignCluster() {
        return !known.isEmpty()
                && known.stream().noneMatch(one -> one.clusterId().equals(clusterId));
    }

    /** The same cluster, and a topic that was made anew under the old name. */
    boolean foreignTopic() {
        return !foreignCluster()
                && events.isPresent()
                && !known.isEmpty()
                && !known.contains(new Known(clusterId, events.get()));
    }

    boolean foreign() {
        return foreignCluster() || foreignTopic();
    }

    private static Set<Known> known(Connection connection) throws SQLException {
        var known = new HashSet<Known>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        select distinct cluster_id, topic_id from jobtrail.publication
                        where published_seq > 0 and cluster_id is not null and topic_id is not null""")) {
            while (row.next()) {
                known.add(new Known(row.getString(1), row.getString(2)));
            }
        }
        return known;
    }
}
