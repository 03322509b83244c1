package org.jobtrail.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import org.jobtrail.text.Sha256;

/**
 * Recomputes hashes: SHA-256 over a domain tag, the hash before and every column, each with its length before it. Shares no code
 * with the SQL that wrote them.
 */
final class ChainHash {

    static final byte[] FIRST = new byte[32];
    private static final byte[] ROW = "jobtrail/job_history/1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] RECEIPT = "jobtrail/poll_receipt/1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTE = "jobtrail/ledger_note/1".getBytes(StandardCharsets.UTF_8);
    private static final int NULL = -1;

    private final MessageDigest sha256 = Sha256.begin();

    byte[] of(HistoryRow row) {
        sha256.update(ROW);
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

    byte[] of(ReceiptRow receipt) {
        sha256.update(RECEIPT);
        field(receipt.prevHash());
        field(receipt.source());
        field(Long.toString(receipt.seq()));
        field(Long.toString(receipt.attempt()));
        field(receipt.startedAt());
        field(receipt.finishedAt());
        field(receipt.outcome());
        field(receipt.reason());
        field(receipt.periodMillis());
        field(receipt.apiVersion());
        field(receipt.programVersion());
        field(receipt.clockOffsetMillis());
        field(Integer.toString(receipt.organizations()));
        field(Integer.toString(receipt.jobs()));
        field(Integer.toString(receipt.changes()));
        field(Integer.toString(receipt.rejected()));
        field(receipt.organizationDigest());
        field(receipt.notComplete());
        field(receipt.listsDigest());
        // Receipts from before these columns have no bytes of them.
        if (receipt.installationId() != null || receipt.productVersion() != null || receipt.share() != null) {
            field(receipt.installationId());
            field(receipt.productVersion());
        }
        if (receipt.share() != null) {
            field(Integer.toString(receipt.share()));
            field(Objects.toString(receipt.shares(), null));
        }
        return sha256.digest();
    }

    byte[] of(NoteRow note) {
        sha256.update(NOTE);
        field(note.prevHash());
        field(Long.toString(note.seq()));
        field(note.notedAt());
        field(note.kind());
        field(note.organizationId());
        field(note.note());
        field(note.content());
        field(note.actor());
        return sha256.digest();
    }

    /** The digest of a list of organizations, by their ids. */
    byte[] of(Iterable<String> organizationIds) {
        organizationIds.forEach(this::field);
        return sha256.digest();
    }

    /** What stands for a content in the chain; null for no content. */
    byte[] salted(byte[] salt, String content) {
        return content == null ? null : salted(salt, content.getBytes(StandardCharsets.UTF_8));
    }

    byte[] salted(byte[] salt, byte[] content) {
        if (content == null || salt == null) {
            return null;
        }
        sha256.update(salt);
        return sha256.digest(content);
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
