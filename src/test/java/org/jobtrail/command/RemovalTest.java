package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.Stream;
import org.jobtrail.Said;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;

/** Rows whose events are on no topic are the last that is left of them: {@code retain} leaves them alone. */
class RemovalTest extends ShortenedTopic {

    private static final String A = jobIn("east", 0);
    private static final String B = jobIn("east", 1);
    private static final String C = jobIn("east", 2);

    RemovalTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void isRefusedOfAnOrganizationOfWhichKafkaHasLostEventsAndOfNobodyElse() throws Exception {
        veeam.on("GET /v7/Organizations", TWO);
        veeam.on("GET /v7/Organizations/west/Jobs", listed("Success", A));
        publishSixRows();
        list("Warning", A, B, C);
        recordAndLoseTheEvents("east");
        run();
        String refused =
                "retain: organization east: nothing is removed: 3 of rows 1 to 9 are not on topic %s, the first of them row 7, and its retention has not removed them: run verify, and republish --to a new topic"
                        .formatted(events);

        assertThat(retain("--dry-run"))
                .isEqualTo(new Said(1, refused + "\nretain: organization west: rows 1 to 1 would be removed"));
        assertThat(retain())
                .isEqualTo(new Said(1, refused + "\nretain: organization west: rows 1 to 1 sealed, 1 job kept"));
        assertThat(rows()).as("of east").isEqualTo(9);
        assertThat(verify().verdict().exitCode()).isEqualTo(23);

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        assertThat(retain("--organization", "east"))
                .isEqualTo(new Said(0, "retain: organization east: rows 1 to 9 sealed, 3 jobs kept"));
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void isRefusedWhereTheyAreMissingAboveWhatRetentionHasRemoved() throws Exception {
        publishSixRows();
        limitRetention();
        shorten(0, 4);
        list("Warning", A, B, C);
        recordAndLoseTheEvents("east");
        run();

        assertThat(retain().output()).contains("3 of rows 1 to 9 are not on topic", "the first of them row 7");
        assertThat(rows()).isEqualTo(9);
    }

    @Test
    void isRefusedWhereTheTopicKeepsAllAndItsBeginningIsGone() throws Exception {
        publishSixRows();
        shorten(0, 4);

        assertThat(retain().output()).contains("1 of rows 1 to 6 are not on topic", "the first of them row ");
        assertThat(rows()).isEqualTo(6);
    }

    @Test
    void goesOnWhereTheRetentionOfTheTopicExplainsWhatIsNotThere() throws Exception {
        publishSixRows();
        limitRetention();
        shorten(0, 4);
        shorten(2, Long.MAX_VALUE);

        assertThat(retain()).isEqualTo(new Said(0, "retain: organization east: rows 1 to 6 sealed, 3 jobs kept"));
        list("Success", A, B, C);
        run();
        assertThat(retain()).isEqualTo(new Said(0, "retain: organization east: rows 7 to 9 sealed, 3 jobs kept"));
        assertThat(verify().verdict().exitCode()).isZero();
    }

    @Test
    void isRefusedWhereTheTopicSaysSomethingElseOfARow() throws Exception {
        publishSixRows();
        new Tampering(database).edit("""
                update jobtrail.job_history set last_status = 'Success', payload = replace(payload, 'Failed', 'Success')
                where seq = 5""");

        assertThat(retain().output()).contains("1 of rows 1 to 6 are not on topic", "the first of them row 5");
        assertThat(rows()).isEqualTo(6);
    }

    @Test
    void goesOnWithRowsThatAnEpochHasLeftBehind() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b", "c");
        database.execute("select jobtrail.go_on_uncompared()");
        TestPipeline.pollOnce(database, veeam, "v7");
        assertHalted("the histories differ");
        assertThat(newEpoch()).isTrue();
        run();

        assertThat(retain().exitCode()).isZero();
        assertThat(rows()).isZero();
    }

    private void publishSixRows() throws Exception {
        list("Success", A, B, C);
        run();
        list("Failed", A, B, C);
        run();
    }

    private Said retain(String... more) throws IOException {
        Path config = directory.resolve("jobtrail.properties");
        try (var file = Files.newBufferedWriter(config)) {
            properties(kafka.bootstrapServers()).store(file, null);
        }
        return Said.by(
                config,
                Stream.concat(Stream.of("retain", "--before", Instant.now().toString()), Stream.of(more))
                        .toArray(String[]::new));
    }
}
