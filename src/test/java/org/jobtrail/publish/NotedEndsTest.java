package org.jobtrail.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.kafka.MissingTopicException;
import org.jobtrail.kafka.TopicEnds;
import org.jobtrail.kafka.Topics;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** A topic that is empty, held against what PostgreSQL knows of where it ended. */
@ExtendWith(RealServers.class)
class NotedEndsTest {

    private final TestDatabase database;
    private final Database real;
    private final Admin admin;
    private Connection connection;
    private Topics.Identity identity;
    private NotedEnds noted;

    NotedEndsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.migratedDatabase();
        this.real = new Database(database.settings(), 1);
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @BeforeEach
    void make(TestInfo test) throws Exception {
        String prefix = "noted." + test.getTestMethod().orElseThrow().getName();
        var names = TestSettings.topics(prefix, 2);
        identity = new Topics(names).ensure(admin);
        connection = real.connect(Role.PUBLISHER);
        noted = new NotedEnds(connection, admin, names, identity);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        real.close();
        admin.close();
    }

    @Test
    void withWhatPublishingBeginsIsNotedBeforeAnythingIsPublished() throws Exception {
        noted.begin(ends(5));

        assertThat(endsOf(identity.topicId())).containsExactly(5L);
    }

    @Test
    void aPartitionThatEndsBeforeItDidHasTheComparisonBegunAnew() throws Exception {
        noted.begin(ends(5));
        noted.begin(new TopicEnds(identity.topicId(), Map.of()));

        assertThatThrownBy(() -> noted.after(new NewEvents(identity)))
                .as("it did not answer when it was compared")
                .isInstanceOf(MissingTopicException.class);
    }

    @Test
    void whatTheComparisonHasFoundKeepsNobodyElseFromPublishing() throws Exception {
        noted.begin(ends(5));
        noted.begin(ends(0));

        var publication = new MissingStates(identity);
        publication.begin(List.of(Map.of()));
        noted.after(publication);
        publication.begin(List.of());
        noted.after(publication);

        assertThat(endsOf(identity.topicId())).as("both were looked at").containsExactly(5L, 0L);
    }

    @Test
    void aStateTopicThatEndsBeforeItDidHasItsStatesWrittenAgain() throws Exception {
        noted.begin(ends(0));
        assertThat(database.column(
                        "update jobtrail.topic_end set end_offset = 7 where topic_id = '%s' returning partition"
                                .formatted(identity.stateTopicId())))
                .isNotEmpty();

        assertThatThrownBy(() -> noted.after(new NewEvents(identity)))
                .as("while it is published to")
                .isInstanceOf(MissingTopicException.class)
                .hasMessageContaining("state topic");
        noted.begin(ends(0));
        noted.after(new NewEvents(identity));

        assertThat(endsOf(identity.stateTopicId()))
                .as("from then on it ends where it does")
                .containsExactly(0L, 0L);
    }

    private List<Object> endsOf(String topicId) throws SQLException {
        return database.column("select end_offset from jobtrail.topic_end where topic_id = '%s' order by partition"
                .formatted(topicId));
    }

    private TopicEnds ends(long offset) {
        return new TopicEnds(identity.topicId(), Map.of(0, offset));
    }
}
