package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.embedded.EmbeddedServers;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.verify.Report;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker whose disk has lost what was written last to one partition of the events topic, and whose cursor topic is whole. */
class LostEndTest extends PublishedLedger {

    private EmbeddedServers broker;

    LostEndTest(PostgresServer postgres, KafkaServer others) throws SQLException {
        super(postgres, others);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("kafka.bootstrap-servers", broker.settings().get("kafka.bootstrap-servers"));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void haltsWhateverWasPublishedThereUntilTheHistoryIsOnAnotherTopic() throws Exception {
        start();
        list("Success", "a", "b");
        run();
        list("Failed", "a", "b");
        run();
        broker.close();
        int lost = loseTheEndOfAPartition();
        start();
        list("Warning", "a", "b");

        SingleRun.Result run = runOnce();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.summary())
                .contains(
                        "HALTED",
                        "Kafka lost events: partition %d of the events topic ended at offset ".formatted(lost));
        assertThat(run.summary())
                .endsWith("what is missing may be of organization east: run republish --to a new topic");
        assertThat(rows()).as("recorded, not published").isEqualTo(6);
        assertThatThrownBy(() -> republish(events)).hasMessageContaining("is on topic " + events + " already");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        Report report = verify();
        assertThat(report.verdict().sentence()).startsWith("intact: 6 rows verified, all of them on the topic");
    }

    private void start() {
        broker = EmbeddedServers.start(directory.resolve("broker"), EnumSet.of(EmbeddedKind.BROKER));
    }

    /** Of one that has any, what a disk that was not written to would not have. Returns which one. */
    private int loseTheEndOfAPartition() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("broker"))) {
            List<Path> logs = files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.getParent().getFileName().toString().startsWith(events + "-"))
                    .filter(file -> file.toFile().length() > 0)
                    .toList();
            Path log = logs.get(0);
            try (var file = new RandomAccessFile(log.toFile(), "rw")) {
                file.setLength(0);
            }
            String directory = log.getParent().getFileName().toString();
            return Integer.parseInt(directory.substring(directory.lastIndexOf('-') + 1));
        }
    }
}
