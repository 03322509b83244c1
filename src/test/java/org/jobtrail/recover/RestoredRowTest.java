package org.jobtrail.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestoredRowTest {

    private static final Map<String, String> HEADERS = Map.ofEntries(
            Map.entry("ce_organization", "east"),
            Map.entry("ce_source", "/jobtrail/veeam"),
            Map.entry("ce_subject", "east/backup/a"),
            Map.entry("ce_type", "org.jobtrail.job.created.v1"),
            Map.entry("ce_id", "ab".repeat(32)),
            Map.entry("ce_previoushash", "00".repeat(32)),
            Map.entry("ce_salt", "0123"),
            Map.entry("ce_rawdigest", "cd".repeat(32)),
            Map.entry("ce_sequence", "0000000000000000007"),
            Map.entry("ce_epoch", "1"),
            Map.entry("ce_attempt", "3"),
            Map.entry("ce_time", "2026-03-01T00:00:00.000000Z"),
            Map.entry("ce_recordedat", "2026-03-01T00:00:01.123456Z"));

    @Test
    void anEventIsARowOfItsOrganization() {
        assertThat(row(HEADERS)).hasValueSatisfying(row -> {
            assertThat(row.organizationId()).isEqualTo("east");
            assertThat(row.seq()).isEqualTo(7);
        });
        var erased = new HashMap<>(HEADERS);
        erased.remove("ce_salt");
        erased.remove("ce_rawdigest");
        assertThat(row(erased)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "ce_sequence, 9999999999999999999",
        "ce_sequence, seven",
        "ce_epoch, 2147483648",
        "ce_epoch, first",
        "ce_attempt, ''",
        "ce_time, yesterday",
        "ce_time, 2026-02-30T00:00:00.000000Z",
        "ce_recordedat, 0000-03-01T00:00:00.000000Z",
        "ce_salt, 123",
        "ce_rawdigest, none",
        "ce_previoushash, 00"
    })
    void aRecordThatTheDatabaseCouldNotReadIsSomebodyElses(String header, String value) {
        var headers = new HashMap<>(HEADERS);
        headers.put(header, value);

        assertThat(row(headers)).isEmpty();
        headers.remove(header);
        assertThat(row(headers).isPresent()).isEqualTo(header.equals("ce_salt") || header.equals("ce_rawdigest"));
    }

    @Test
    void soIsOneWithACharacterThatTheDatabaseCannotStore() {
        var headers = new HashMap<>(HEADERS);
        headers.put("ce_subject", "east/backup/\0");

        assertThat(row(headers)).isEmpty();
    }

    private static Optional<RestoredRow> row(Map<String, String> headers) {
        var record = new ConsumerRecord<>("events", 0, 0, "east/a", new byte[0]);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return RestoredRow.of(record);
    }
}
