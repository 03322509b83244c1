package org.jobtrail.verify;

import java.util.Arrays;
import org.jobtrail.verify.Finding.Kind;

/** Holds a row of the history against its hash. */
final class RowProof {

    private final NoteVerification notes;
    private final ChainHash chainHash = new ChainHash();

    RowProof(NoteVerification notes) {
        this.notes = notes;
    }

    /** What is wrong with a row that is to have this number and to follow this hash; null where nothing is. */
    Finding of(HistoryRow row, long next, byte[] hashBefore) {
        if (row.seq() != next) {
            return finding(Kind.GAP_OR_DUPLICATE, row, "row %d should be next".formatted(next));
        }
        if (!Arrays.equals(row.prevHash(), hashBefore)) {
            return finding(Kind.CHAIN_BROKEN, row, "it does not follow from the row before");
        }
        return ofContent(row);
    }

    /** What is wrong with a row by itself: whether its columns are those that were hashed. */
    Finding ofContent(HistoryRow row) {
        if (!Arrays.equals(row.hash(), chainHash.of(row)) || !row.tellsItsFields()) {
            return finding(Kind.CHAIN_BROKEN, row, "its columns are not those that were hashed");
        }
        if (row.isBlank()) {
            return null;
        }
        if (!Arrays.equals(row.payloadDigest(), chainHash.salted(row.salt(), row.payload()))) {
            return finding(Kind.CHAIN_BROKEN, row, "its payload is not the one that was hashed");
        }
        boolean restored = row.raw() == null && notes.isRestored(row.organizationId(), row.seq());
        if (!restored && !Arrays.equals(row.rawDigest(), chainHash.salted(row.salt(), row.raw()))) {
            return finding(Kind.CHAIN_BROKEN, row, "its raw text is not the one that was hashed");
        }
        return null;
    }

    static Finding finding(Kind kind, HistoryRow row, String text) {
        return new Finding(kind, "organization %s, row %d: %s".formatted(row.organizationId(), row.seq(), text));
    }
}
