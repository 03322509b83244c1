package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last checkpoint of the file proves of a database, without Kafka: a history that ends before what was signed of it was set
 * back. Where the file does not tell, nothing is proven, neither this nor that; what it told once stays proven where it is lost meanwhile.
 * Thread-safe.
 */
public final class SignedHeads {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");
    private static final String HEADS = "select organization_id, epoch, last_seq from jobtrail.organization_head";

    private final Path file;
    private final Path keyFile;
    private final AtomicReference<Checkpoint> lastKnown = new AtomicReference<>();

    public SignedHeads(Settings.Checkpoint settings) {
        this.file = settings.file();
        this.keyFile = settings.keyFile();
    }

    /** A sentence that names the row which the history lacks; none where there is no proof that it lacks any. */
    public Optional<String> setBack(Connection connection) throws SQLException {
        last().ifPresent(lastKnown::set);
        Optional<Checkpoint> signed = Optional.ofNullable(lastKnown.get());
        if (signed.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Heads.Organization> now = heads(connection);
        List<Heads.Organization> lacking = signed.get().organizations().stream()
                .filter(head -> lacks(now.get(head.id()), head))
                .toList();
        return lacking.stream()
                .findFirst()
                .map(head ->
                        "PostgreSQL was set back: %s in checkpoint.file, %s, has row %d of organization %s, the history ends at row %d%s"
                                .formatted(
                                        signed.get(),
                                        file,
                                        head.seq(),
                                        OneLine.of(head.id()),
                                        now.containsKey(head.id())
                                                ? now.get(head.id()).seq()
                                                : 0,
                                        lacking.size() == 1
                                                ? ""
                                                : " (and %s more)"
                                                        .formatted(Counted.of(lacking.size() - 1, "organization"))));
    }

    /** An epoch that began since was somebody's decision about just that. */
    private static boolean lacks(Heads.Organization now, Heads.Organization signed) {
        return now == null || now.epoch() <= signed.epoch() && now.seq() < signed.seq();
    }

    /** Only one that we have signed: anybody could write another. */
    private Optional<Checkpoint> last() {
        try {
            Optional<Checkpoint> last = new CheckpointFile(file).last();
            return last.isPresent() && TrustedKeys.read(keyFile).vouchFor(last.get()) ? last : Optional.empty();
        } catch (IOException | CheckpointException | InvalidSettingException e) {
            LOG.debug("what {} ends with is not known", file, e);
            return Optional.empty();
        }
    }

    private static Map<String, Heads.Organization> heads(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(HEADS);
                ResultSet row = statement.executeQuery()) {
            var heads = new HashMap<String, Heads.Organization>();
            while (row.next()) {
                heads.put(
                        row.getString(1), new Heads.Organization(row.getString(1), row.getInt(2), row.getLong(3), ""));
            }
            return heads;
        }
    }
}
