package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.recover.CannotRecoverException;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.support.Answer;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The topic is lost, or is not the right one any more: the same events go to another one. */
class RepublicationTest extends PublishedLedger {

    RepublicationTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s.cursor", "%s.checkpoints", "%s.state", "%s events"})
    void aTopicThatHasAnotherPurposeOrCannotBeOneIsRefusedBeforeAnythingIsMade(String pattern) throws Exception {
        String topic = pattern.formatted(prefix);

        assertThatThrownBy(() -> republish(topic))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("--to is \"%s\": expected a".formatted(topic));
        try (Admin admin = clients().admin()) {
            assertThat(admin.listTopics().names().get()).noneMatch(name -> name.startsWith(prefix + "."));
        }
    }

    @Test
    void topicsThatWereDeletedAreFilledAgainWithTheSameEventsAndCheckpoints() throws Exception {
        backUpAndGoOn("Failed");
        List<String> before = identities();
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(events, prefix + ".checkpoints")).all().get();
        }

        assertHalted("the events topic was made anew, or is another: row 5 of organization east is on the one before");
        assertThat(kafka.committedRecords(events)).isEmpty();
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("run republish --to");

        republish(events);
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
        run();
        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aFileOfCheckpointsThatIsNotWholeIsRefusedBeforeAnythingIsPublished() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(events, prefix + ".checkpoints")).all().get();
        }
        assertHalted("the events topic was made anew, or is another: row 5 of organization east is on the one before");
        Path file = settings().checkpoint().file();
        String whole = Files.readString(file);
        Files.writeString(file, "\u00e9" + whole);

        assertThatThrownBy(() -> republish(events))
                .isInstanceOf(CannotRecoverException.class)
                .hasMessage(
                        "line 1 of %s is no checkpoint: put the file of checkpoint.file back as it was, nothing was published"
                                .formatted(file));
        assertThat(kafka.committedRecords(events)).isEmpty();

        Files.writeString(file, whole);
        republish(events);
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void moreOrFewerPartitionsHaltUntilTheHistoryIsOnAnotherTopic() throws Exception {
        backUpAndGoOn("Failed");
        List<String> before = identities();
        createPartitions(events, 4);
        list("Success", "a", "b", "c");

        assertHalted("the events topic has 4 partitions, organization east was published to 3");
        assertThat(rows()).as("recorded, not published").isGreaterThan(5);
        assertThatThrownBy(() -> republish(events))
                .isInstanceOf(CannotRecoverException.class)
                .hasMessageContaining("is on topic " + events + " already");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        assertThat(identities()).containsAll(before);
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    @Test
    void aHistoryThatWasSetBackIsNotPublishedWithoutTheRowsThatTheTopicStillHas() throws Exception {
        database = backUpAndGoOn("Failed");

        assertThatThrownBy(() -> republish(prefix + ".events.2"))
                .isInstanceOf(CannotRecoverException.class)
                .hasMessage(
                        "PostgreSQL was set back: topic %s has row 5 of organization east, the history ends at row 2: run recover with kafka.topic.events=%1$s, and only then republish",
                        events);
        assertThat(kafka.committedRecords(prefix + ".events.2")).isEmpty();
    }

    @Test
    void whatWasErasedBeforeIsPublishedAnewWithoutAValueAndThatIsIntact() throws Exception {
        backUpAndGoOn("Failed");
        erase("a");
        run();

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();

        assertThat(verify().verdict().sentence()).startsWith("intact");
        assertThat(kafka.committedRecords(events)).anyMatch(event -> event.value() == null);
    }

    @Test
    void anInterruptedRepublicationGoesOnWhereItWas() throws Exception {
        veeam.on("GET /v7/Organizations", TWO).on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\"}]"));
        list("Success", "a", "b");
        run();
        List<String> before = identities();
        assertThatThrownBy(() -> republish(prefix + ".events.2", sentence -> {
                    throw new IllegalStateException("killed after: " + sentence);
                }))
                .hasMessageContaining("killed after: organization east: 2 events");

        assertHalted("republish has not come to its end: the cursor of organization east is of another topic");
        events = prefix + ".events.2";
        republish(events);
        run();
        assertThat(told)
                .contains(
                        "organization east: 0 events on topic " + events,
                        "organization west: 1 events on topic " + events);
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void anInterruptedRepublicationIsNoticedAlsoOfAnOrganizationThatWasNeverPublishedBefore() throws Exception {
        list("Success", "a", "b");
        run();
        veeam.on("GET /v7/Organizations", TWO).on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\"}]"));
        TestPipeline.pollOnce(database, TestPipeline.source("veeam", veeam.url(), "v7"));
        for (int time = 1; time <= 2; time++) {
            assertThatThrownBy(() -> republish(prefix + ".events.2", sentence -> {
                        if (sentence.startsWith("organization west")) {
                            throw new IllegalStateException("killed after: " + sentence);
                        }
                    }))
                    .hasMessageContaining("killed after: organization west");
        }

        assertHalted("republish has not come to its end: the cursor of organization east is of another topic");
        assertThat(database.rows("select organization_id, halted_by from jobtrail.publication order by 1"))
                .extracting(row -> row.get("organization_id") + " " + row.get("halted_by"))
                .containsExactly("east republish-unfinished", "west republish-unfinished");
        events = prefix + ".events.2";
        republish(events);
        run();
        assertThat(told).contains("organization west: 0 events on topic " + events);
        assertTopicIsTheHistory();
    }

    @Test
    void aTopicThatWasMadeAnewIsFilledAgainThoughANewOrganizationIsOnItAlready() throws Exception {
        list("Success", "a", "b");
        run();
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(events)).all().get();
        }
        assertHalted("the events topic was made anew, or is another: row 2 of organization east is on the one before");
        veeam.on("GET /v7/Organizations", TWO).on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\"}]"));
        assertThat(runOnce().summary()).contains("HALTED");
        assertThat(kafka.committedRecords(events)).hasSize(1);

        republish(events);
        run();
        assertThat(told)
                .contains(
                        "organization east: 2 events on topic " + events,
                        "organization west: 0 events on topic " + events);
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }
}
