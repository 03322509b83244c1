package org.jobtrail.verify;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The event that a row of the history has to be on the topic.
 *
 * @param payload null where it was erased
 * @param headers what stands in each of {@link #HEADERS}
 */
record ExpectedEvent(String key, String payload, byte[] payloadDigest, List<String> headers) {

    private static final List<String> HEADERS = List.of(
            "ce_id",
            "ce_previoushash",
            "ce_source",
            "ce_type",
            "ce_time",
            "ce_subject",
            "ce_epoch",
            "ce_attempt",
            "ce_recordedat",
            "ce_rawdigest",
            "ce_salt");

    /** Moments come as such: as PostgreSQL writes them depends on the session. */
    private static final List<String> MOMENTS = List.of("ce_time", "ce_recordedat");

    /** What {@link #read} expects of a row, in its order: first what tells the row, then each header. */
    static final String COLUMNS = """
            line.organization_id, line.seq, line.job_id, line.payload, line.payload_digest,
            encode(line.hash, 'hex'), encode(line.prev_hash, 'hex'), '/jobtrail/' || line.source,
            'org.jobtrail.job.' || line.change_kind || '.v1', line.observed_at,
            line.organization_id || '/' || line.job_type || '/' || line.job_id, line.epoch::text, line.attempt::text,
            line.recorded_at, encode(line.raw_digest, 'hex'), encode(line.salt, 'hex')""";

    private static final int FIRST_HEADER = 6;

    static ExpectedEvent read(ResultSet row) throws SQLException {
        var headers = new String[HEADERS.size()];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = MOMENTS.contains(HEADERS.get(i))
                    ? HashedText.of(row.getObject(FIRST_HEADER + i, OffsetDateTime.class))
                    : row.getString(FIRST_HEADER + i);
        }
        return new ExpectedEvent(
                row.getString(1) + "/" + row.getString(3), row.getString(4), row.getBytes(5), Arrays.asList(headers));
    }

    /** True where it is the event of this row, and not of another one with its number. */
    boolean isOf(ConsumerRecord<String, byte[]> event) {
        return Objects.equals(headers.get(0), EventKey.header(event, HEADERS.get(0)));
    }

    /** What of the event is not the row's; null where all of it is. */
    String wrong(ConsumerRecord<String, byte[]> event) {
        for (int i = 0; i < HEADERS.size(); i++) {
            boolean erased = payload == null && headers.get(i) == null;
            if (!erased && !Objects.equals(headers.get(i), EventKey.header(event, HEADERS.get(i)))) {
                return "its %s is not the row's".formatted(HEADERS.get(i));
            }
        }
        if (!key.equals(event.key())) {
            return "its key is not the row's organization and job";
        }
        return isPayload(event) ? null : "its value is not the row's payload";
    }

    /** What was erased is still on the topic, with the salt that proves it; or it was published anew since, without either. */
    private boolean isPayload(ConsumerRecord<String, byte[]> event) {
        if (payload != null) {
            return Arrays.equals(payload.getBytes(StandardCharsets.UTF_8), event.value());
        }
        try {
            String salt = EventKey.header(event, "ce_salt");
            if (salt == null) {
                return event.value() == null;
            }
            return event.value() != null
                    && Arrays.equals(
                            payloadDigest, new ChainHash().salted(HexFormat.of().parseHex(salt), event.value()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
