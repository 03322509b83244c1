package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.verify.Report;
import org.junit.jupiter.api.Test;

/** Records that somebody else has put on the topic of the events: publishing goes on, and verify names each of them. */
class ForeignEventsTest extends PublishedLedger {

    ForeignEventsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void areFoundByVerifyUntilTheHistoryIsOnAnotherTopic() throws Exception {
        list("Success", "a", "b");
        run();
        ConsumerRecord<String, byte[]> event = kafka.committedRecords(events).get(0);
        put(event, Map.of());
        put(event, Map.of("ce_sequence", "0000000000000000009"));
        put(event, Map.of("ce_organization", "nobody"));
        put(event, Map.of("ce_sequence", "9"));
        list("Failed", "a", "b");
        run();

        Report report = verify();
        assertThat(report.verdict().exitCode()).isEqualTo(23);
        assertThat(report.lines())
                .filteredOn(line -> line.startsWith("TOPIC_CONTRADICTS: "))
                .hasSize(4)
                .allMatch(line -> line.startsWith(
                        "TOPIC_CONTRADICTS: topic %s, partition %d, offset ".formatted(events, event.partition())))
                .anyMatch(line -> line.endsWith(
                        " (organization east, row %d): it comes twice or out of order".formatted(sequence(event))))
                .anyMatch(line -> line.endsWith(" (organization east, row 9): no row of the history is this event"))
                .anyMatch(line -> line.endsWith(" (organization nobody, row %d): no row of the history is this event"
                        .formatted(sequence(event))))
                .anyMatch(line -> line.matches(".*, offset \\d+: no row of the history is this event"));

        events = prefix + ".again";
        republish(events);
        run();
        assertIntact("the history was published anew, to topic " + events);
        assertTopicIsTheHistory();
    }

    private static long sequence(ConsumerRecord<String, byte[]> event) {
        return Long.parseLong(header(event, "ce_sequence"));
    }

    /** A copy, in a transaction of nobody, but for these headers. */
    private void put(ConsumerRecord<String, byte[]> event, Map<String, String> others) throws Exception {
        var headers = new RecordHeaders(event.headers().toArray());
        others.forEach((name, value) -> headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8)));
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(events, event.partition(), event.key(), event.value(), headers))
                    .get();
        }
    }
}
