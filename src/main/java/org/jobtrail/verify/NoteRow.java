package org.jobtrail.verify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** A note about the ledger itself as it is stored, the moment as the fixed text that is hashed. */
record NoteRow(
        long seq,
        String notedAt,
        String kind,
        String organizationId,
        String note,
        String content,
        String actor,
        byte[] prevHash,
        byte[] hash) {

    static final String COLUMNS = "seq, noted_at, kind, organization_id, note, content, actor, prev_hash, hash";

    static NoteRow of(ResultSet row) throws SQLException {
        return new NoteRow(
                row.getLong("seq"),
                HashedText.of(row.getObject("noted_at", OffsetDateTime.class)),
                row.getString("kind"),
                row.getString("organization_id"),
                row.getString("note"),
                row.getString("content"),
                row.getString("actor"),
                row.getBytes("prev_hash"),
                row.getBytes("hash"));
    }
}
