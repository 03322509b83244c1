package org.jobtrail.checkpoint;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jobtrail.text.JsonText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chain of checkpoints as one producer goes on with it. Used by the publisher's thread alone, and thrown away with the producer:
 * what of it is committed, only the topic knows.
 */
public final class CheckpointChain {

    /** Less than Kafka takes in one record, where the ids of organizations are as long as they usually are. */
    private static final int ORGANIZATIONS = 4_000;

    private static final int BYTES = 600_000;
    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");

    private final CheckpointKey key;
    private final String program;
    private final Clock clock;
    private Optional<Checkpoint> last;
    private Optional<Heads> covered;
    private List<Checkpoint> signed = List.of();

    /** @param last what the topic ends with */
    CheckpointChain(CheckpointKey key, String program, Clock clock, Optional<Checkpoint> last) {
        this.key = key;
        this.program = program;
        this.clock = clock;
        this.last = last;
        this.covered = last.map(Checkpoint::heads);
    }

    /** Goes on to these heads: with one checkpoint, with more where one does not hold all, with none where nothing has moved. */
    List<Checkpoint> sign(Heads heads) {
        signed = List.of();
        if (heads.isEmpty() || covered.filter(heads::equals).isPresent()) {
            return signed;
        }
        last.ifPresent(checkpoint -> compare(checkpoint, heads));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var next = new ArrayList<Checkpoint>();
        for (List<Heads.Organization> part : parts(heads.organizations())) {
            long number = Math.addExact(last.map(Checkpoint::number).orElse(0L), 1);
            String previous = last.map(Checkpoint::digest).orElse(Checkpoint.NOTHING_BEFORE);
            var checkpoint = Checkpoint.sign(key, number, previous, now, program, heads.with(part));
            next.add(checkpoint);
            last = Optional.of(checkpoint);
        }
        covered = Optional.of(heads);
        signed = List.copyOf(next);
        return signed;
    }

    /** Two ledgers on one topic would make one chain that contradicts both. One that has moved takes its chain along. */
    private static void compare(Checkpoint before, Heads heads) {
        boolean goesOn = heads.continues(before.heads());
        if (!heads.database().equals(before.database())) {
            // Receipts and notes cannot be had back from the topic.
            if (!goesOn && !heads.hasHistoriesOf(before.heads())) {
                throw new CheckpointException(
                        "the topic of the checkpoints holds those of another ledger, %s: set kafka.topic.checkpoints and checkpoint.file to ones of this ledger's own"
                                .formatted(before.database()));
            }
            LOG.warn("the ledger has moved: {} is of {}, this is {}", before, before.database(), heads.database());
        }
        if (!goesOn) {
            LOG.warn("{} covers more than this database holds: it was set back, or rows were removed", before);
        }
    }

    private static List<List<Heads.Organization>> parts(List<Heads.Organization> organizations) {
        var parts = new ArrayList<List<Heads.Organization>>();
        var part = new ArrayList<Heads.Organization>();
        int bytes = 0;
        for (Heads.Organization head : organizations) {
            int more = JsonText.of(Checkpoint.node(head)).getBytes(StandardCharsets.UTF_8).length + 1;
            if (part.size() == ORGANIZATIONS || bytes + more > BYTES && !part.isEmpty()) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(head);
            bytes += more;
        }
        parts.add(part);
        return parts;
    }

    Optional<Checkpoint> last() {
        return last;
    }

    /** How many were taken last. */
    int taken() {
        return signed.size();
    }

    /**
     * What is to be told to the file and to the database, once the transaction is committed: what was signed, or else the last, of
     * which a predecessor may not have told.
     */
    public List<Checkpoint> getOnTheTopic() {
        return signed.isEmpty() ? last.stream().toList() : signed;
    }
}
