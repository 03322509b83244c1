package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jobtrail.checkpoint.Checkpoint;
import org.jobtrail.checkpoint.Heads;
import org.jobtrail.text.JsonText;
import org.jobtrail.verify.Finding.Kind;

/**
 * Looks for everything that a checkpoint says was there: one statement for all its heads that the one before did not have. Keeps the
 * last head of each organization and source, and no more.
 */
final class CheckpointHeads {

    private static final String LOOKUP = """
            select head.n, encode(coalesce(line.hash, sealed.hash, receipt.hash, note.hash), 'hex')
            from json_to_recordset(?::json) as head (n integer, kind text, id text, seq bigint)
            left join lateral (
                select hash from jobtrail.job_history row where row.organization_id = head.id and row.seq = head.seq
                offset 0 -- Each by itself: in a join of all, damaged pages of others would be read.
            ) line on head.kind = 'organization'
            left join jobtrail.sealed_row sealed
                on head.kind = 'organization' and sealed.organization_id = head.id and sealed.seq = head.seq
            left join jobtrail.poll_receipt receipt
                on head.kind = 'receipts' and receipt.source = head.id and receipt.seq = head.seq
            left join jobtrail.ledger_note note on head.kind = 'notes' and note.seq = head.seq""";

    private final Connection connection;
    private final Scope scope;
    private final Set<String> unreadable;
    private final NoteVerification notes;
    private final ReceiptVerification receipts;
    private final Findings findings;
    private final String system;
    private final Map<String, Head> seen = new HashMap<>();
    private final Map<String, Long> covered = new HashMap<>();
    private final Map<String, LostEvidence.Range> lost = new TreeMap<>();

    /** @param unreadable the organizations whose rows PostgreSQL cannot read: they are not asked for */
    CheckpointHeads(
            Connection connection,
            Scope scope,
            Set<String> unreadable,
            NoteVerification notes,
            ReceiptVerification receipts,
            Findings findings)
            throws SQLException {
        this.connection = connection;
        this.scope = scope;
        this.unreadable = unreadable;
        this.notes = notes;
        this.receipts = receipts;
        this.findings = findings;
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select jobtrail.system_identifier()")) {
            row.next();
            this.system = row.getString(1);
        }
    }

    private record Head(String kind, String id, long seq, String hash) {

        String name() {
            return kind + " " + id;
        }

        String text() {
            return switch (kind) {
                case "organization" -> "organization %s has row %d".formatted(id, seq);
                case "receipts" -> "source %s has receipt %d".formatted(id, seq);
                default -> "ledger_note has note %d".formatted(seq);
            };
        }
    }

    /** Which PostgreSQL this is. */
    String system() {
        return system;
    }

    /** Up to which row checkpoints have been found to hold of an organization. */
    long covered(String organizationId) {
        return covered.getOrDefault("organization " + organizationId, 0L);
    }

    /** Up to which receipt of a source they have. */
    long coveredReceipts(String source) {
        return covered.getOrDefault("receipts " + source, 0L);
    }

    /** Up to which note they have. */
    long coveredNotes() {
        return covered.getOrDefault("notes ", 0L);
    }

    /** The receipts and notes that checkpoints have found missing, or other than they were. */
    List<LostEvidence.Range> lost() {
        return List.copyOf(lost.values());
    }

    void compare(Checkpoint checkpoint) throws SQLException {
        var moved = new ArrayList<Head>();
        // First: a note that this checkpoint has seen excuses nothing of it.
        moved(
                moved,
                new Head(
                        "notes",
                        "",
                        checkpoint.notes().seq(),
                        checkpoint.notes().hash()));
        for (Heads.Organization head : checkpoint.organizations()) {
            if (scope.holds(head.id()) && !unreadable.contains(head.id())) {
                moved(moved, new Head("organization", head.id(), head.seq(), head.hash()));
            }
        }
        for (Heads.Receipts head : checkpoint.receipts()) {
            if (receipts.areChained(head.source())) {
                moved(moved, new Head("receipts", head.source(), head.seq(), head.hash()));
            }
        }
        Map<Integer, String> found = moved.isEmpty() ? Map.of() : lookup(moved);
        for (int n = 0; n < moved.size(); n++) {
            judge(checkpoint, moved.get(n), found.get(n));
        }
    }

    private void moved(List<Head> moved, Head head) {
        if (!head.equals(seen.put(head.name(), head)) && head.seq() > 0) {
            moved.add(head);
        }
    }

    private void judge(Checkpoint checkpoint, Head head, String hash) throws SQLException {
        boolean ofHistory = head.kind().equals("organization");
        if (hash == null && ofHistory && notes.seal(head.id()).lastSeq() < head.seq()) {
            // It may have been sealed in this moment.
            notes.advance();
        }
        Seal seal = ofHistory ? notes.seal(head.id()) : Seal.NONE;
        if (hash == null && head.seq() == seal.lastSeq()) {
            hash = HexFormat.of().formatHex(seal.lastHash());
        }
        boolean sealed = hash == null && head.seq() < seal.lastSeq();
        if (sealed || head.hash().equals(hash)) {
            covered.merge(head.name(), head.seq(), Math::max);
            return;
        }
        boolean leftBehind = ofHistory
                ? notes.epochs(head.id()).leftBehind(head.seq())
                : notes.isLost(head.kind(), head.id(), head.seq(), checkpoint.number(), coveredNotes());
        if (leftBehind) {
            // The next checkpoint may say it again, after whatever excuses it here.
            seen.remove(head.name());
            return;
        }
        if (!ofHistory) {
            // Where a newer backup was restored after an older one, others stand under the numbers that checkpoints
            // know since.
            long first = Math.min(covered.getOrDefault(head.name(), 0L) + 1, head.seq());
            lost.merge(
                    head.name(),
                    new LostEvidence.Range(head.kind(), head.id(), first, head.seq()),
                    LostEvidence.Range::with);
        }
        findings.add(
                Kind.CHECKPOINT_CONTRADICTS,
                "%s says that %s: %s",
                checkpoint,
                head.text(),
                hash == null ? "it is not there any more" : "the one that is there has another hash");
    }

    private Map<Integer, String> lookup(List<Head> heads) throws SQLException {
        ArrayNode wanted = JsonNodeFactory.instance.arrayNode();
        for (Head head : heads) {
            wanted.addObject()
                    .put("n", wanted.size() - 1)
                    .put("kind", head.kind())
                    .put("id", head.id())
                    .put("seq", head.seq());
        }
        var found = new HashMap<Integer, String>();
        try (var statement = connection.prepareStatement(LOOKUP)) {
            statement.setString(1, JsonText.of(wanted));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getInt(1), row.getString(2));
                }
            }
        }
        return found;
    }
}
