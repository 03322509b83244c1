package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jobtrail.kafka.AdminAnswer;
import org.jobtrail.kafka.TopicDescriptions;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;

/**
 * What PostgreSQL knows of the topics that it was published to, held against those that are there, without changing anything. How far each
 * of them is, only {@link Comparison} tells.
 */
public final class PublishedTopics {

    /** Where these are what halted it, the topics are asked themselves: they may be the right ones by now. */
    private static final String BY_TOPICS =
            "('another-cluster', 'topic-replaced', 'partitions-changed', 'state-topic-replaced', 'state-partitions-changed')";

    private static final String HALTED = "select organization_id, halted from jobtrail.publication"
            + " where halted is not null and halted_by not in " + BY_TOPICS + " order by organization_id";

    /** The columns are read through JSON: the tables of an older version may not have them. */
    private static final String ELSEWHERE = """
            select count(*) filter (where known ->> 'cluster_id' <> ?), count(*) filter (where known ->> 'topic_id' <> ?),
                count(*) filter (where known ->> 'topic_id' = ? and (known ->> 'partitions')::integer <> ?),
                count(*) filter (where known ->> 'cursor_topic_id' <> ?),
                count(*) filter (where known ->> 'state_topic_id' <> ?),
                count(*) filter (where known ->> 'state_topic_id' = ? and (known ->> 'state_partitions')::integer <> ?)
            from jobtrail.publication, lateral to_jsonb(publication) known
            where published_seq > 0 and (halted is null or halted_by in\s""" + BY_TOPICS + ")";

    private PublishedTopics() {}

    /** Whose publication is halted, and why. */
    public static List<String> halted(Connection connection) throws SQLException {
        var halted = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HALTED)) {
            while (row.next()) {
                halted.add("nothing was published any more of organization %s: %s"
                        .formatted(OneLine.of(row.getString(1)), OneLine.of(row.getString(2))));
            }
        }
        return halted;
    }

    /** What publishing would halt for at once. */
    public static List<String> elsewhere(Connection connection, Admin admin, KafkaTopics names)
            throws SQLException, InterruptedException {
        Optional<TopicDescription> events = TopicDescriptions.find(admin, names.events());
        Optional<TopicDescription> cursor = TopicDescriptions.find(admin, names.cursor());
        Optional<TopicDescription> state = TopicDescriptions.find(admin, names.state());
        try (var statement = connection.prepareStatement(ELSEWHERE)) {
            statement.setString(1, AdminAnswer.of(admin.describeCluster().clusterId()));
            statement.setString(2, id(events));
            statement.setString(3, id(events));
            statement.setObject(4, partitions(events), Types.INTEGER);
            statement.setString(5, id(cursor));
            statement.setString(6, id(state));
            statement.setString(7, id(state));
            statement.setObject(8, partitions(state), Types.INTEGER);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                var problems = new ArrayList<String>();
                add(problems, row.getInt(1), "another Kafka cluster has the events");
                add(problems, row.getInt(2), where("the events", names.events(), events));
                add(problems, row.getInt(3), otherwise("the events", names.events()));
                add(problems, row.getInt(4), where("the cursors", names.cursor(), cursor));
                add(problems, row.getInt(5), where("the states", names.state(), state));
                add(problems, row.getInt(6), otherwise("the states", names.state()));
                return problems;
            }
        }
    }

    private static void add(List<String> problems, int organizations, String reason) {
        if (organizations > 0) {
            problems.add("of %s, nothing would be published: %s"
                    .formatted(Counted.of(organizations, "organization"), reason));
        }
    }

    private static String where(String what, String name, Optional<TopicDescription> topic) {
        return topic.isPresent()
                ? "%s are on another topic than %s, or were on it before it was made anew".formatted(what, name)
                : "%s are on another topic: there is no %s".formatted(what, name);
    }

    private static String otherwise(String what, String name) {
        return "%s are in another number of partitions than %s has".formatted(what, name);
    }

    /** An id that no topic has, where there is no such topic. */
    private static String id(Optional<TopicDescription> topic) {
        return topic.map(found -> found.topicId().toString()).orElse("none");
    }

    private static Integer partitions(Optional<TopicDescription> topic) {
        return topic.map(found -> found.partitions().size()).orElse(null);
    }
}
