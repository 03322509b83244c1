package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.support.Answer;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.Test;

/** What a topic does not take, and what it did not have to take before. */
class RefusedRowTest extends PublishedLedger {

    RefusedRowTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void aRowThatKafkaRefusesForItsContentHaltsItsOrganizationOnly() throws Exception {
        veeam.on("GET /v7/Organizations", TWO)
                .on("GET /v7/Organizations/west/Jobs", Answer.json("[{\"id\":\"w\",\"name\":\"West\"}]"));
        list("Success", "a", "b");
        run();
        kafka.configure(events, "max.message.bytes", "3000");
        var noise = new StringBuilder();
        new Random(1).ints(4_000, 'a', 'z').forEach(letter -> noise.append((char) letter));
        veeam.on(JOBS, Answer.json("[{\"id\":\"a\",\"name\":\"Job a\",\"description\":\"%s\"}]".formatted(noise)));
        veeam.on(
                "GET /v7/Organizations/west/Jobs",
                Answer.json("[{\"id\":\"w\",\"name\":\"West\",\"lastStatus\":\"Failed\"}]"));

        SingleRun.Result run = runOnce();

        assertThat(run.exitCode()).as(run.summary()).isEqualTo(1);
        assertThat(run.summary())
                .contains(
                        "1 organization HALTED",
                        "Kafka refuses row ",
                        " of organization east (RecordTooLargeException");
        assertThat(kafka.committedRecords(events))
                .anyMatch(record -> record.key().equals("west/w")
                        && header(record, "ce_type").contains("status-changed"));
        kafka.configure(events, "max.message.bytes", "1000000");
        run();
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    @Test
    void afterAProgramThatWroteNoStatesAllAreWritten() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".state")).all().get();
        }
        database.execute("""
                update jobtrail.publication
                set cursor_topic_id = null, state_topic_id = null, partitions = null, database_id = null""");

        run();
        assertStatesAreTheHistory();
        assertTopicIsTheHistory();
    }
}
