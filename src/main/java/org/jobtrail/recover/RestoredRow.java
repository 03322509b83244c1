package org.jobtrail.recover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;

/** A row of the history as its event tells it: all of it but the text that the server sent. The hash proves that nothing is made up. */
final class RestoredRow {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]*");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern MOMENT =
            Pattern.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z");
    private static final String SOURCE = "/jobtrail/";

    private final Map<String, String> headers;
    private final byte[] payload;

    private RestoredRow(Map<String, String> headers, byte[] payload) {
        this.headers = headers;
        this.payload = payload;
    }

    /** Empty where somebody else wrote the record. */
    static Optional<RestoredRow> of(ConsumerRecord<String, byte[]> record) {
        var headers = new HashMap<String, String>();
        for (Header header : record.headers()) {
            if (header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return isRow(headers) ? Optional.of(new RestoredRow(headers, record.value())) : Optional.empty();
    }

    /** What the database could not even read would end the recovery of all others too. */
    private static boolean isRow(Map<String, String> headers) {
        return headers.containsKey("ce_organization")
                && headers.getOrDefault("ce_source", "").startsWith(SOURCE)
                && headers.getOrDefault("ce_subject", "").startsWith(headers.get("ce_organization") + "/")
                && headers.getOrDefault("ce_type", "").startsWith("org.jobtrail.job.")
                && HASH.matcher(headers.getOrDefault("ce_id", "")).matches()
                && HASH.matcher(headers.getOrDefault("ce_previoushash", "")).matches()
                && isBytes(headers.getOrDefault("ce_salt", ""))
                && isBytes(headers.getOrDefault("ce_rawdigest", ""))
                && isNumber(headers.get("ce_sequence"), Long.MAX_VALUE)
                && isNumber(headers.get("ce_epoch"), Integer.MAX_VALUE)
                && isNumber(headers.get("ce_attempt"), Long.MAX_VALUE)
                && isMoment(headers.get("ce_time"))
                && isMoment(headers.get("ce_recordedat"))
                && headers.values().stream().noneMatch(text -> text.indexOf('\0') >= 0);
    }

    private static boolean isBytes(String text) {
        return text.length() % 2 == 0 && HEXADECIMAL.matcher(text).matches();
    }

    private static boolean isNumber(String text, long greatest) {
        return text != null
                && NUMBER.matcher(text).matches()
                && new BigInteger(text).compareTo(BigInteger.valueOf(greatest)) <= 0;
    }

    private static boolean isMoment(String text) {
        try {
            return text != null && MOMENT.matcher(text).matches() && Instant.parse(text) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    String organizationId() {
        return headers.get("ce_organization");
    }

    long seq() {
        return Long.parseLong(headers.get("ce_sequence"));
    }

    /** @param known up to where the history goes: of what it has, number and hash are enough */
    ObjectNode node(long known) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("organization_id", organizationId())
                .put("seq", seq())
                .put("hash", headers.get("ce_id"));
        if (isRestored(known)) {
            restore(node);
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

    private void restore(ObjectNode node) {
        ObjectNode told;
        try {
            told = Json.recorded(payload);
        } catch (IllegalStateException e) {
            return;
        }
        JobSnapshot before = snapshot(told.get("before"));
        JobSnapshot after = snapshot(told.get("after"));
        JobSnapshot shown = after == null ? before : after;
        String subject = headers.get("ce_subject").substring(organizationId().length() + 1);
        ObjectNode line = node.putObject("line")
                .put("source", headers.get("ce_source").substring(SOURCE.length()))
                .put("organization_id", organizationId())
                .put("epoch", headers.get("ce_epoch"))
                .put("seq", seq())
                .put("job_type", subject.substring(0, Math.max(0, subject.indexOf('/'))))
                .put("job_id", subject.substring(subject.indexOf('/') + 1))
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
                .put("payload", new String(payload, StandardCharsets.UTF_8))
                .put("salt", bytes(headers.get("ce_salt")))
                .put("payload_digest", bytes(payloadDigest()))
                .put("raw_digest", bytes(headers.get("ce_rawdigest")))
                .put("prev_hash", bytes(headers.get("ce_previoushash")))
                .put("hash", bytes(headers.get("ce_id")));
        var fields = line.putArray("changed_fields");
        told.path("changedFields").forEach(field -> fields.add(Json.storable(field.asText())));
        node.put("api_version", Json.storable(told.path("apiVersion").asText()));
        if (shown != null) {
            node.put("snapshot", shown.json()).put("digest", HexFormat.of().formatHex(shown.digest()));
        }
    }

    private String kind() {
        String type = headers.get("ce_type").substring("org.jobtrail.job.".length());
        return type.endsWith(".v1") ? type.substring(0, type.length() - ".v1".length()) : type;
    }

    private static JobSnapshot snapshot(JsonNode node) {
        return node instanceof ObjectNode fields ? JobSnapshot.parse(Json.text(fields)) : null;
    }

    private String payloadDigest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(headers.getOrDefault("ce_salt", "")));
            return HexFormat.of().formatHex(digest.digest(payload));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As PostgreSQL reads bytes. */
    private static String bytes(String hexadecimal) {
        return hexadecimal == null ? null : "\\x" + hexadecimal;
    }
}
