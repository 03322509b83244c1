package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.verify.Report;
import org.junit.jupiter.api.Test;

/** Events that retention has removed are no finding; others that are not on the topic are one, wherever retention has been. */
class LostEventsTest extends ShortenedTopic {

    private static final String A = jobIn("east", 0);
    private static final String B = jobIn("east", 1);
    private static final String C = jobIn("east", 2);

    LostEventsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void areFoundAboveWhereRetentionHasRemovedTheBeginningOfAPartition() throws Exception {
        publishSixRows();
        shorten(0, 4);
        list("Warning", A, B, C);
        recordAndLoseTheEvents("east");
        run();

        assertLost("3 of 9", 7);
    }

    @Test
    void areFoundInThePartitionsThatRetentionHasLeftWhole() throws Exception {
        publishSixRows();
        shorten(0, Long.MAX_VALUE);
        list("Warning", A, B, C);
        recordAndLoseTheEvents("east");
        run();

        // Of the first partition nothing is left by which it could be told.
        assertLost("2 of 9", 8);
    }

    @Test
    void areFoundWhereRetentionHasBeenInEveryPartition() throws Exception {
        publishSixRows();
        for (int partition = 0; partition < 3; partition++) {
            shorten(partition, 4);
        }
        list("Warning", A, C);
        recordAndLoseTheEvents("east");
        list("Success", A, B, C);
        run();

        Report report = verify();
        assertThat(report.verdict().exitCode()).isEqualTo(23);
        assertThat(report.lines())
                .contains(
                        "TOPIC_CONTRADICTS: organization east: 2 of %d acknowledged events are not on topic %s, and retention has not removed them, the first that of row 7"
                                .formatted(rows(), events));
    }

    @Test
    void areNoneWhereRetentionHasRemovedThem() throws Exception {
        publishSixRows();
        shorten(0, 4);
        shorten(2, Long.MAX_VALUE);

        Report report = verify();

        assertThat(report.verdict().sentence())
                .isEqualTo(
                        "intact: 6 rows verified, all of them published, of which the oldest events are gone by retention, all of them covered by a checkpoint");
        assertThat(report.verdict().exitCode()).isZero();
    }

    private void publishSixRows() throws Exception {
        list("Success", A, B, C);
        run();
        list("Failed", A, B, C);
        run();
        assertThat(rows()).isEqualTo(6);
        limitRetention();
    }

    private void assertLost(String number, long first) throws Exception {
        Report report = verify();
        assertThat(report.verdict().sentence())
                .isEqualTo(
                        "NOT intact: organization east: %s acknowledged events are not on topic %s, and retention has not removed them, the first that of row %d"
                                .formatted(number, events, first));
        assertThat(report.verdict().exitCode()).isEqualTo(23);
    }
}
