package org.jobtrail.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * Recomputes the hash of a row: SHA-256 over a domain tag, the hash before and every column, each with its length before it. Shares
 * no code with the SQL that wrote it.
 */
final class ChainHash {

    static final byte[] FIRST = new byte[32];
    private static final byte[] DOMAIN = "jobtrail/job_history/1".getBytes(StandardCharsets.UTF_8);
    private static final int NULL = -1;

    private final MessageDigest sha256;

    ChainHash() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] of(HistoryRow row) {
        sha256.update(DOMAIN);
        field(row.prevHash());
        field(row.source());
        field(row.organizationId());
        field(Integer.toString(row.epoch()));
        field(Long.toString(row.seq()));
        field(row.jobType());
        field(row.jobId());
        field(row.jobName());
        field(row.changeKind());
        field(row.changedFields());
        field(Objects.toString(row.enabled(), null));
        field(row.lastStatus());
        field(row.previousStatus());
        field(row.lastRun());
        field(row.nextRun());
        field(row.observedAt());
        field(row.recordedAt());
        field(Long.toString(row.attempt()));
        field(row.payloadDigest());
        field(row.rawDigest());
        return sha256.digest();
    }

    /** What stands for a content in the chain; null for no content. */
    byte[] salted(byte[] salt, String content) {
        if (content == null || salt == null) {
            return null;
        }
        sha256.update(salt);
        return sha256.digest(content.getBytes(StandardCharsets.UTF_8));
    }

    private void field(String text) {
        field(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private void field(byte[] bytes) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(bytes == null ? NULL : bytes.length)
                .array());
        if (bytes != null) {
            sha256.update(bytes);
        }
    }
}
