package org.jobtrail.verify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** A row of the history as it is stored, moments as the fixed text that is hashed. */
record HistoryRow(
        String source,
        String organizationId,
        int epoch,
        long seq,
        String jobType,
        String jobId,
        String jobName,
        String changeKind,
        String changedFields,
        int numberOfFields,
        Boolean enabled,
        String lastStatus,
        String previousStatus,
        String lastRun,
        String nextRun,
        String observedAt,
        String recordedAt,
        long attempt,
        String payload,
        String raw,
        byte[] salt,
        byte[] payloadDigest,
        byte[] rawDigest,
        byte[] prevHash,
        byte[] hash) {

    /** Moments are read as PostgreSQL writes them, not through the function that the hash in the database used. */
    static final String COLUMNS = """
            source, organization_id, epoch, seq, job_type, job_id, job_name, change_kind,
            array_to_string(changed_fields, ',') as changed_fields,
            case when array_ndims(changed_fields) > 1 then -1 else coalesce(array_upper(changed_fields, 1), 0) end as fields, enabled, last_status, previous_status,
            last_run, next_run, observed_at, recorded_at, attempt, payload, raw, salt, payload_digest, raw_digest,
            prev_hash, hash""";

    /** Roughly, in characters. */
    int size() {
        return 500 + (payload == null ? 0 : payload.length()) + (raw == null ? 0 : raw.length());
    }

    /** An erasure leaves nothing of these three, and the digests. */
    boolean isBlank() {
        return payload == null && raw == null && salt == null;
    }

    /**
     * Fields are hashed with commas between them: it must be clear from the text which they are. In an array of several dimensions, or
     * that does not begin at 1, whoever asks for the first field finds none.
     */
    boolean tellsItsFields() {
        long told = changedFields.isEmpty()
                ? 0
                : 1 + changedFields.chars().filter(c -> c == ',').count();
        return told == numberOfFields;
    }

    static HistoryRow of(ResultSet row) throws SQLException {
        return new HistoryRow(
                row.getString("source"),
                row.getString("organization_id"),
                row.getInt("epoch"),
                row.getLong("seq"),
                row.getString("job_type"),
                row.getString("job_id"),
                row.getString("job_name"),
                row.getString("change_kind"),
                row.getString("changed_fields"),
                row.getInt("fields"),
                row.getObject("enabled", Boolean.class),
                row.getString("last_status"),
                row.getString("previous_status"),
                moment(row, "last_run"),
                moment(row, "next_run"),
                moment(row, "observed_at"),
                moment(row, "recorded_at"),
                row.getLong("attempt"),
                row.getString("payload"),
                row.getString("raw"),
                row.getBytes("salt"),
                row.getBytes("payload_digest"),
                row.getBytes("raw_digest"),
                row.getBytes("prev_hash"),
                row.getBytes("hash"));
    }

    private static String moment(ResultSet row, String column) throws SQLException {
        var moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : HashedText.of(moment);
    }
}
