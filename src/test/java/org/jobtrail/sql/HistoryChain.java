package org.jobtrail.sql;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The chain of the history as its documentation says it, computed without the functions of the database. */
final class HistoryChain {

    /** The fields in the order in which they are hashed; binary ones in hexadecimal. */
    static final String QUERY = """
            select source, organization_id, epoch::text, seq::text, job_type, job_id, job_name, change_kind,
                array_to_string(changed_fields, ',') as changed_fields, enabled::text, last_status, previous_status,
                jobtrail.iso(last_run) as last_run, jobtrail.iso(next_run) as next_run,
                jobtrail.iso(observed_at) as observed_at, jobtrail.iso(recorded_at) as recorded_at, attempt::text,
                encode(salt, 'hex') as salt, payload, raw, encode(prev_hash, 'hex') as prev_hash,
                encode(hash, 'hex') as hash
            from jobtrail.job_history
            """;

    private static final List<String> FIELDS = List.of(
            "source",
            "organization_id",
            "epoch",
            "seq",
            "job_type",
            "job_id",
            "job_name",
            "change_kind",
            "changed_fields",
            "enabled",
            "last_status",
            "previous_status",
            "last_run",
            "next_run",
            "observed_at",
            "recorded_at",
            "attempt");
    private static final HexFormat HEX = HexFormat.of();

    private HistoryChain() {}

    /** What the hash of each row has to be, from the first row on. */
    static List<Object> hashes(List<Map<String, Object>> rows) {
        List<Object> hashes = new ArrayList<>();
        byte[] previous = new byte[32];
        for (Map<String, Object> row : rows) {
            if (!HEX.formatHex(previous).equals(row.get("prev_hash"))) {
                hashes.add("row %s does not name the hash of the row before".formatted(row.get("seq")));
                continue;
            }
            previous = hash(previous, row);
            hashes.add(HEX.formatHex(previous));
        }
        return hashes;
    }

    private static byte[] hash(byte[] previous, Map<String, Object> row) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("jobtrail/job_history/1".getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(lengthPrefixed(previous));
        FIELDS.forEach(name -> bytes.writeBytes(lengthPrefixed(utf8(row.get(name)))));
        byte[] salt = HEX.parseHex((String) row.get("salt"));
        bytes.writeBytes(lengthPrefixed(salted(salt, row.get("payload"))));
        bytes.writeBytes(lengthPrefixed(salted(salt, row.get("raw"))));
        return sha256(bytes.toByteArray());
    }

    private static byte[] salted(byte[] salt, Object content) {
        if (content == null) {
            return null;
        }
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(salt);
        bytes.writeBytes(utf8(content));
        return sha256(bytes.toByteArray());
    }

    private static byte[] utf8(Object text) {
        return text == null ? null : ((String) text).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] lengthPrefixed(byte[] field) {
        if (field == null) {
            return new byte[] {-1, -1, -1, -1};
        }
        return ByteBuffer.allocate(4 + field.length)
                .putInt(field.length)
                .put(field)
                .array();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
