package org.jobtrail.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jobtrail.text.OneLine;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.transform.JobKey;
import org.jobtrail.verify.Finding.Kind;

/**
 * Recomputes the chain of the notes, and keeps what they say of sealed and of erased rows. It can go on where it stopped: whoever finds rows
 * missing asks whether they have been sealed meanwhile.
 */
final class NoteVerification {

    private static final Epochs NO_EPOCHS = new Epochs();
    private static final int CHUNK = 1_000;
    private static final int LONGEST_SENTENCE = 500;
    private static final String EXTENT = """
            select head.last_seq, head.last_hash, count(note.seq), coalesce(max(note.seq), 0)
            from jobtrail.ledger_head head left join jobtrail.ledger_note note on true group by 1, 2""";
    private static final String NOTES = "select " + NoteRow.COLUMNS
            + " from jobtrail.ledger_note where seq > ? and seq <= ? order by seq limit " + CHUNK;

    private final Connection connection;
    private final Findings findings;
    private final ChainHash chainHash = new ChainHash();
    private final Map<String, Seal> seals = new HashMap<>();
    private final Map<String, Epochs> epochs = new HashMap<>();
    private final Map<String, List<Restored>> restored = new HashMap<>();
    private final List<Lost> lost = new ArrayList<>();
    private final Map<String, Map<JobKey, NavigableSet<Long>>> erasures = new HashMap<>();
    private long sealedRows;
    private long seq;
    private byte[] hash = ChainHash.FIRST;
    private boolean begun;
    private boolean broken;

    NoteVerification(Connection connection, Findings findings) {
        this.connection = connection;
        this.findings = findings;
    }

    private record Restored(long first, long last) {}

    /** What checkpoints up to this one know, and the database has lost. */
    private record Lost(long note, long checkpoint, LostEvidence.Range range) {}

    private record Extent(long seq, byte[] hash, long notes, long last) {}

    /** How many notes there are. */
    long notes() {
        return seq;
    }

    /** How many rows lie between the first one and where histories begin now: of each job, the last of them is kept. */
    long sealedRows() {
        return sealedRows;
    }

    /** Where an organization's history begins now. */
    Seal seal(String organizationId) {
        return seals.getOrDefault(organizationId, Seal.NONE);
    }

    /** Where an organization's numbers go on above those of a history that was left behind. */
    Epochs epochs(String organizationId) {
        return epochs.getOrDefault(organizationId, NO_EPOCHS);
    }

    /** Whether a row was had back from the topic, which does not carry the texts that the server sent. */
    boolean isRestored(String organizationId, long seq) {
        return restored.getOrDefault(organizationId, List.of()).stream()
                .anyMatch(range -> range.first() <= seq && seq <= range.last());
    }

    /**
     * Whether a note says that a database was set back, and has lost what a checkpoint of before knows.
     *
     * @param notesBefore how many notes were there when the checkpoint was taken: one of these cannot tell of what was lost since, whatever
     *     number it names
     */
    boolean isLost(String kind, String id, long seq, long checkpoint, long notesBefore) {
        return lost.stream()
                .anyMatch(one -> checkpoint <= one.checkpoint()
                        && one.note() > notesBefore
                        && one.range().kind().equals(kind)
                        && one.range().id().equals(id)
                        && one.range().firstSeq() <= seq
                        && seq <= one.range().lastSeq());
    }

    /** The rows that say of a job that it was erased. */
    NavigableSet<Long> erasures(String organizationId, JobKey job) {
        return erasures.getOrDefault(organizationId, Map.of()).getOrDefault(job, Collections.emptyNavigableSet());
    }

    /** Goes on to the newest note; true where there was one that it did not know. */
    boolean advance() throws SQLException {
        if (broken || (begun && head() == seq)) {
            return false;
        }
        begun = true;
        long before = seq;
        Extent extent = extent();
        List<NoteRow> chunk;
        do {
            chunk = chunk(extent.seq());
            for (NoteRow note : chunk) {
                if (isWrong(note)) {
                    broken = true;
                    return true;
                }
                take(note);
                seq = note.seq();
                hash = note.hash();
            }
        } while (chunk.size() == CHUNK);
        if (seq != extent.seq() || extent.notes() != extent.seq() || extent.last() != extent.seq()) {
            broken(
                    Kind.GAP_OR_DUPLICATE,
                    "ledger_note: %d notes up to %d, the head says 1 to %d"
                            .formatted(extent.notes(), extent.last(), extent.seq()));
        } else if (!Arrays.equals(hash, extent.hash())) {
            broken(
                    Kind.CHAIN_BROKEN,
                    "ledger_note, note %d: its hash is not the one that the head holds".formatted(seq));
        }
        return seq > before;
    }

    private boolean isWrong(NoteRow note) {
        String where = "ledger_note, note %d: ".formatted(note.seq());
        if (note.seq() != seq + 1) {
            broken(Kind.GAP_OR_DUPLICATE, where + "note %d should be next".formatted(seq + 1));
        } else if (!Arrays.equals(note.prevHash(), hash)) {
            broken(Kind.CHAIN_BROKEN, where + "it does not follow from the note before");
        } else if (!Arrays.equals(note.hash(), chainHash.of(note))) {
            broken(Kind.CHAIN_BROKEN, where + "its columns are not those that were hashed");
        }
        return broken;
    }

    private void take(NoteRow note) {
        try {
            if (note.kind().equals("seal")) {
                seal(note);
            } else if (note.kind().equals("epoch")) {
                Epochs.Epoch epoch = Epochs.Epoch.parse(note.content());
                epochs.computeIfAbsent(note.organizationId(), id -> new Epochs())
                        .add(epoch);
                warn(note, "topic and checkpoints may differ in %s", epoch.rowsLeftBehind());
            } else if (note.kind().equals("recovery")) {
                recovery(note, RecordedJson.object(note.content()));
            } else if (note.kind().equals("republication")) {
                warn(note, "its events were written from this history, and are no older witness");
            } else if (note.kind().equals("erasure")) {
                ObjectNode erasure = RecordedJson.object(note.content());
                var job = new JobKey(
                        erasure.get("jobType").asText(), erasure.get("jobId").asText());
                erasures.computeIfAbsent(note.organizationId(), id -> new HashMap<>())
                        .computeIfAbsent(job, key -> new TreeSet<>())
                        .add(erasure.get("seq").asLong());
            }
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException | NullPointerException e) {
            findings.add(Kind.CHAIN_BROKEN, "ledger_note, note %d: it is no %s", note.seq(), note.kind());
        }
    }

    /** What a note excuses is told from what it holds: its sentence may say what it likes. */
    private void warn(NoteRow note, String excused, Object... arguments) {
        findings.warn(
                "note %d: %s (%s)",
                note.seq(), OneLine.of(note.note(), LONGEST_SENTENCE), excused.formatted(arguments));
    }

    private void recovery(NoteRow note, ObjectNode recovery) {
        if (note.organizationId() == null) {
            long checkpoint = recovery.get("checkpoint").asLong();
            for (JsonNode range : recovery.get("lost")) {
                var excused = new Lost(note.seq(), checkpoint, LostEvidence.Range.of(range));
                lost.add(excused);
                warn(note, "checkpoints up to %d may know of %s", checkpoint, excused.range());
            }
        } else {
            var rows = new Restored(
                    recovery.get("firstSeq").asLong(), recovery.get("lastSeq").asLong());
            restored.computeIfAbsent(note.organizationId(), id -> new ArrayList<>())
                    .add(rows);
            warn(note, "rows %d to %d may be without the texts that the server sent", rows.first(), rows.last());
        }
    }

    private void seal(NoteRow note) {
        Seal seal = Seal.parse(note.content());
        if (!seal.follows(seal(note.organizationId()), epochs(note.organizationId()))) {
            findings.add(
                    Kind.GAP_OR_DUPLICATE,
                    "organization %s: the seal of note %d does not go on where the one before ended",
                    note.organizationId(),
                    note.seq());
        }
        seals.put(note.organizationId(), seal);
        sealedRows += seal.rows();
    }

    private void broken(Kind kind, String text) {
        broken = true;
        findings.add(new Finding(kind, text));
    }

    private long head() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select last_seq from jobtrail.ledger_head")) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private Extent extent() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(EXTENT)) {
            return row.next()
                    ? new Extent(row.getLong(1), row.getBytes(2), row.getLong(3), row.getLong(4))
                    : new Extent(0, ChainHash.FIRST, -1, 0);
        }
    }

    private List<NoteRow> chunk(long last) throws SQLException {
        try (var statement = connection.prepareStatement(NOTES)) {
            statement.setLong(1, seq);
            statement.setLong(2, last);
            var chunk = new ArrayList<NoteRow>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    chunk.add(NoteRow.of(row));
                }
            }
            return chunk;
        }
    }
}
