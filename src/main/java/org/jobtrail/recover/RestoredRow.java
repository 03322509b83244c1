package org.jobtrail.recover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.text.Sha256;
import org.jobtrail.text.Storable;
import org.jobtrail.transform.JobSnapshot;

/** A row of the history as its event tells it: all of it but the text that the server sent. The hash proves that nothing is made up. */
final class RestoredRow {

    private final EventHeaders headers;
    private final byte[] payload;

    private RestoredRow(EventHeaders headers, byte[] payload) {
        this.headers = headers;
        this.payload = payload;
    }

    /** Empty where somebody else wrote the record. */
    static Optional<RestoredRow> of(ConsumerRecord<String, byte[]> record) {
        EventHeaders headers = EventHeaders.of(record);
        return headers.areOfARow() ? Optional.of(new RestoredRow(headers, record.value())) : Optional.empty();
    }

    String organizationId() {
        return headers.organizationId();
    }

    long seq() {
        return headers.seq();
    }

    /**
     * @param known up to where the history goes: of what it has, number and hash are enough
     * @param proven true where all but payload and salt are wanted of that, too: what the hash is computed over
     */
    ObjectNode node(long known, boolean proven) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("organization_id", organizationId())
                .put("seq", seq())
                .put("hash", headers.get("ce_id"));
        boolean isRestored = isRestored(known);
        if (isRestored || proven && payload != null) {
            restore(node, isRestored);
        }
        return node;
    }

    /** How much of the payload the node holds. */
    int payloadBytes(long known) {
        return isRestored(known) ? payload.length : 0;
    }

    /** Without the payload, as it was erased, nobody knows what the columns were. */
    private boolean isRestored(long known) {
        return seq() > known && payload != null;
    }

    private void restore(ObjectNode node, boolean whole) {
        ObjectNode told;
        try {
            told = RecordedJson.object(payload);
        } catch (IllegalStateException e) {
            return;
        }
        JobSnapshot before = snapshot(told.get("before"));
        JobSnapshot after = snapshot(told.get("after"));
        JobSnapshot shown = after == null ? before : after;
        ObjectNode line = node.putObject("line")
                .put("source", headers.source())
                .put("organization_id", organizationId())
                .put("epoch", headers.get("ce_epoch"))
                .put("seq", seq())
                .put("job_type", headers.jobType())
                .put("job_id", headers.jobId())
                .put("job_name", shown == null ? null : shown.text("name"))
                .put("change_kind", kind())
                .put("enabled", shown == null ? null : shown.enabled())
                .put("last_status", shown == null ? null : shown.text("lastStatus"))
                .put("previous_status", before == null ? null : before.text("lastStatus"))
                .put("last_run", shown == null ? null : shown.moment("lastRun"))
                .put("next_run", shown == null ? null : shown.moment("nextRun"))
                .put("observed_at", headers.get("ce_time"))
                .put("recorded_at", headers.get("ce_recordedat"))
                .put("attempt", headers.get("ce_attempt"))
                .put("payload_digest", bytes(payloadDigest()))
                .put("raw_digest", bytes(headers.get("ce_rawdigest")))
                .put("prev_hash", bytes(headers.get("ce_previoushash")))
                .put("hash", bytes(headers.get("ce_id")));
        var fields = line.putArray("changed_fields");
        told.path("changedFields").forEach(field -> fields.add(Storable.text(field.asText())));
        if (!whole) {
            return;
        }
        line.put("payload", new String(payload, StandardCharsets.UTF_8)).put("salt", bytes(headers.get("ce_salt")));
        node.put("api_version", Storable.text(told.path("apiVersion").asText()));
        if (shown != null) {
            node.put("digest", HexFormat.of().formatHex(shown.digest()));
        }
    }

    private String kind() {
        String type = headers.get("ce_type").substring("org.jobtrail.job.".length());
        return type.endsWith(".v1") ? type.substring(0, type.length() - ".v1".length()) : type;
    }

    private static JobSnapshot snapshot(JsonNode node) {
        return node instanceof ObjectNode fields ? JobSnapshot.parse(JsonText.of(fields)) : null;
    }

    private String payloadDigest() {
        try {
            MessageDigest digest = Sha256.begin();
            String salt = headers.get("ce_salt");
            digest.update(HexFormat.of().parseHex(salt == null ? "" : salt));
            return HexFormat.of().formatHex(digest.digest(payload));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As PostgreSQL reads bytes. */
    private static String bytes(String hexadecimal) {
        return hexadecimal == null ? null : "\\x" + hexadecimal;
    }
}
