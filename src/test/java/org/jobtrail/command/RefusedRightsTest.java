package org.jobtrail.command;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.jobtrail.Said;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.support.Await;
import org.jobtrail.support.GuardedKafka;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A right that Kafka does not grant: it is named, polling goes on without, and once it is granted, so does publishing, by itself. */
class RefusedRightsTest extends PublishedLedger {

    private final String cursor = prefix + ".cursor";
    private final String state = prefix + ".state";
    private final String checkpoints = prefix + ".checkpoints";
    private GuardedKafka guarded;

    RefusedRightsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @BeforeEach
    void startKafka() throws Exception {
        guarded = GuardedKafka.start(directory);
    }

    @AfterEach
    void stopKafka() {
        guarded.close();
    }

    @Override
    void configure(Properties properties) {
        guarded.describeTo(properties);
        properties.setProperty("poll.period", "1s");
    }

    @Test
    void isNamedByCheckAndByTheProgramWhichGoesOnByItselfOnceItIsGranted() throws Exception {
        list("Success", "a");
        assertThat(check())
                .anyMatch(line -> line.endsWith(
                        "Kafka refuses this account a right on %s: Describe is missing".formatted(events)))
                .endsWith("not good: see above");

        for (String topic : List.of(events, cursor, state, checkpoints)) {
            guarded.grant(TOPIC, topic, DESCRIBE);
        }
        guarded.grant(TOPIC, cursor, CREATE);
        assertThat(check())
                .contains("  topic %s is missing, and this account may not create it".formatted(events))
                .doesNotContain("  topic %s is missing, and this account may not create it".formatted(cursor))
                .contains(
                        "  transactional id %s: this account lacks Write".formatted(cursor),
                        "  transactional id %s-checkpoints: this account lacks Write".formatted(cursor))
                .endsWith("not good: see above");

        guarded.grant(TOPIC, events, CREATE, WRITE, DESCRIBE_CONFIGS);
        guarded.grant(TOPIC, state, CREATE, WRITE, DESCRIBE_CONFIGS);
        guarded.grant(TOPIC, cursor, READ, WRITE, DESCRIBE_CONFIGS);
        guarded.grant(TOPIC, checkpoints, CREATE, READ, WRITE, DESCRIBE_CONFIGS);
        guarded.grant(TRANSACTIONAL_ID, cursor, WRITE);
        guarded.grant(TRANSACTIONAL_ID, cursor + "-checkpoints", WRITE);
        assertThat(check()).endsWith("good: run would poll all of this");

        try (Engine engine = begin(Polls.ALWAYS)) {
            awaitAllIsPublished();

            without(engine, TOPIC, events, WRITE, "a right on " + events);
            assertThat(check()).contains("  topic %s: this account lacks Write".formatted(events));
            guarded.grant(TOPIC, events, WRITE);
            awaitAllIsPublished();

            without(engine, TRANSACTIONAL_ID, cursor, WRITE, "a transactional id");
            guarded.grant(TRANSACTIONAL_ID, cursor, WRITE);
            awaitAllIsPublished();
            await(engine, Optional.empty());
        }
        assertThat(check()).endsWith("good: run would poll all of this");
    }

    /** What changes meanwhile is recorded, and waits. */
    private void without(Engine engine, ResourceType type, String name, AclOperation right, String what)
            throws Exception {
        guarded.revoke(type, name, right);
        long before = rows();
        Await.until(Duration.ofMinutes(2), () -> "a complaint about " + name, () -> {
            list(rows() % 2 == 0 ? "Success" : "Failed", "a");
            return engine.publisher().problem().isPresent();
        });
        assertThat(engine.publisher().problem().orElseThrow()).contains("Kafka refuses this account " + what);
        veeam.on(JOBS, listed("Warning", "a", "b" + before));
        Await.until(
                Duration.ofMinutes(2), () -> "a row that is recorded without Kafka", () -> isRecorded("b" + before));
        assertThat(isAllPublished()).isFalse();
    }

    private boolean isRecorded(String job) throws SQLException {
        return !database.rows("select from jobtrail.job_history where job_id = ?", job)
                .isEmpty();
    }

    private void awaitAllIsPublished() throws Exception {
        Await.until(Duration.ofMinutes(2), () -> "the publication of all rows", () -> rows() > 0 && isAllPublished());
    }

    private boolean isAllPublished() throws SQLException {
        return database.rows("""
                        select from jobtrail.organization_head left join jobtrail.publication using (organization_id)
                        where last_seq > coalesce(published_seq, 0)""").isEmpty();
    }

    private List<String> check() throws Exception {
        var text = new StringWriter();
        properties(kafka.bootstrapServers()).store(text, null);
        Path config = Files.writeString(directory.resolve("jobtrail.properties"), text.toString());
        return Said.by(config, "check").output().lines().toList();
    }
}
