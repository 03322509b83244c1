package org.jobtrail.verify;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** A receipt as it is stored, moments as the fixed text and durations as the milliseconds that are hashed. */
record ReceiptRow(
        String source,
        long seq,
        long attempt,
        String startedAt,
        String finishedAt,
        String outcome,
        String reason,
        String periodMillis,
        String apiVersion,
        String programVersion,
        String clockOffsetMillis,
        int organizations,
        int jobs,
        int changes,
        int rejected,
        byte[] organizationDigest,
        String notComplete,
        byte[] listsDigest,
        String installationId,
        String productVersion,
        Integer share,
        Integer shares,
        byte[] prevHash,
        byte[] hash) {

    /** Durations are read in seconds, not through the function that the hash in the database used. */
    static final String COLUMNS = """
            source, seq, attempt, started_at, finished_at, outcome, reason, extract(epoch from period) as period,
            api_version, program_version, extract(epoch from clock_offset) as clock_offset, organizations, jobs, changes,
            rejected, organization_digest, not_complete, lists_digest, installation_id, product_version, share, shares,
            prev_hash, hash""";

    static ReceiptRow of(ResultSet row) throws SQLException {
        return new ReceiptRow(
                row.getString("source"),
                row.getLong("seq"),
                row.getLong("attempt"),
                moment(row, "started_at"),
                moment(row, "finished_at"),
                row.getString("outcome"),
                row.getString("reason"),
                millis(row.getBigDecimal("period")),
                row.getString("api_version"),
                row.getString("program_version"),
                millis(row.getBigDecimal("clock_offset")),
                row.getInt("organizations"),
                row.getInt("jobs"),
                row.getInt("changes"),
                row.getInt("rejected"),
                row.getBytes("organization_digest"),
                row.getString("not_complete"),
                row.getBytes("lists_digest"),
                row.getString("installation_id"),
                row.getString("product_version"),
                row.getObject("share", Integer.class),
                row.getObject("shares", Integer.class),
                row.getBytes("prev_hash"),
                row.getBytes("hash"));
    }

    private static String moment(ResultSet row, String column) throws SQLException {
        return HashedText.of(row.getObject(column, OffsetDateTime.class));
    }

    private static String millis(BigDecimal seconds) {
        return seconds == null
                ? null
                : seconds.movePointRight(3).setScale(0, RoundingMode.HALF_UP).toPlainString();
    }
}
