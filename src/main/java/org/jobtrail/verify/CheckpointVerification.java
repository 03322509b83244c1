package org.jobtrail.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.jobtrail.checkpoint.Checkpoint;
import org.jobtrail.checkpoint.CheckpointLine;
import org.jobtrail.checkpoint.CheckpointLines;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.verify.Finding.Kind;

/**
 * Reads the checkpoints of the topic and of the file side by side: who has signed them, whether one follows from the other, whether
 * the two hold the same, and whether everything is still there that they say was there.
 */
final class CheckpointVerification {

    private static final int SYSTEMS = 10;

    private final KafkaClients clients;
    private final String topic;
    private final Path file;
    private final CheckpointKeys keys;
    private final CheckpointHeads heads;
    private final Findings findings;
    private final Set<String> unchecked = new HashSet<>();
    private final Set<String> systems = new HashSet<>();
    private boolean vouchForKafka;
    private long checkpoints;
    private Instant newest;
    private long number;
    private String previous = Checkpoint.NOTHING_BEFORE;

    CheckpointVerification(
            KafkaClients clients,
            String topic,
            Path file,
            CheckpointKeys keys,
            CheckpointHeads heads,
            Findings findings) {
        this.clients = clients;
        this.topic = topic;
        this.file = file;
        this.keys = keys;
        this.heads = heads;
        this.findings = findings;
    }

    long checkpoints() {
        return checkpoints;
    }

    /** The number of the last. */
    long last() {
        return number;
    }

    Optional<Instant> newest() {
        return Optional.ofNullable(newest);
    }

    /** Whether a trusted key has signed one that stands on Kafka: then its topics are this history's, whatever the database says. */
    boolean vouchForKafka() {
        return vouchForKafka;
    }

    /** Where Kafka cannot be asked: what the file holds against the history. */
    void readFile() throws SQLException, IOException {
        if (Files.isReadable(file)) {
            try (var lines = new CheckpointLines(file)) {
                compare(Collections.emptyIterator(), lines, false);
            }
            warnOfUnchecked();
        }
    }

    /**
     * What the database says about its Kafka is no evidence: who edits the history can edit that as well. So a topic that it calls
     * another's is read, too, and what a trusted key has signed there counts; whatever else is there may be of another history.
     */
    void read(TopicIdentity identity) throws SQLException, IOException {
        boolean foreign = identity.foreignCluster();
        boolean inFile = Files.isReadable(file);
        boolean onTopic = identity.checkpoints() && (!foreign || keys.trusted().isPresent());
        // The file first: it gets only what is on the topic already.
        try (CheckpointLines lines = inFile ? new CheckpointLines(file) : null;
                CheckpointRecords records = onTopic ? new CheckpointRecords(clients, topic) : null) {
            Iterator<CheckpointLine> topicLines = records == null ? Collections.emptyIterator() : records;
            topicLines = foreign ? signed(topicLines) : topicLines;
            onTopic = foreign ? topicLines.hasNext() : onTopic;
            compare(topicLines, lines == null ? Collections.emptyIterator() : lines, onTopic && inFile && !foreign);
            if (lines != null && lines.torn()) {
                findings.warn(
                        "%s ends in the middle of a line: a checkpoint is being written, or was when the machine stopped; the next start completes it",
                        file);
            }
        }
        if (checkpoints == 0) {
            findings.warn("there is no checkpoint, neither on topic %s nor in %s", topic, file);
        } else if (!onTopic) {
            findings.warn("topic %s is not there, or not this history's: the checkpoints are those of %s", topic, file);
        }
        warnOfUnchecked();
    }

    private void warnOfUnchecked() {
        if (!unchecked.isEmpty()) {
            findings.warn(
                    "the signatures of the checkpoints were not checked: they name key %s; give its PUBLIC KEY with --public-key",
                    String.join(", ", unchecked));
        }
    }

    /** Those of a trusted key. */
    private Iterator<CheckpointLine> signed(Iterator<CheckpointLine> lines) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(lines, 0), false)
                .filter(line -> problem(line).isEmpty())
                .iterator();
    }

    /** Why a line proves nothing; empty for a checkpoint that a trusted key has signed. */
    private Optional<String> problem(CheckpointLine line) {
        return line.checkpoint().map(keys::problem).orElse(Optional.of("it is no checkpoint"));
    }

    private void compare(Iterator<CheckpointLine> topicLines, Iterator<CheckpointLine> fileLines, boolean both)
            throws SQLException {
        Checkpoint onTopic = next(topicLines);
        Checkpoint inFile = next(fileLines);
        vouchForKafka = onTopic != null && keys.trusted().isPresent();
        while (onTopic != null || inFile != null) {
            if (inFile == null || (onTopic != null && onTopic.number() < inFile.number())) {
                take(onTopic);
                onTopic = next(topicLines);
            } else if (onTopic == null || inFile.number() < onTopic.number()) {
                if (both) {
                    contradiction("%s is in %s and not on topic %s", inFile, file, topic);
                }
                take(inFile);
                inFile = next(fileLines);
            } else {
                if (!onTopic.jws().equals(inFile.jws())) {
                    contradiction("%s on topic %s is another one than %s in %s", onTopic, topic, inFile, file);
                }
                take(onTopic);
                onTopic = next(topicLines);
                inFile = next(fileLines);
            }
        }
    }

    /** The next that one of the trusted keys has signed: what others write there proves nothing, but is said. */
    private Checkpoint next(Iterator<CheckpointLine> lines) {
        while (lines.hasNext()) {
            CheckpointLine line = lines.next();
            Optional<String> problem = problem(line);
            if (problem.isEmpty()) {
                return line.checkpoint().orElseThrow();
            }
            contradiction(
                    "%s%s: %s",
                    line.where(),
                    line.checkpoint().map(checkpoint -> ", " + checkpoint).orElse(""),
                    problem.get());
        }
        return null;
    }

    private void take(Checkpoint checkpoint) throws SQLException {
        if (checkpoint.number() != number + 1) {
            contradiction("%s comes where checkpoint %d should", checkpoint, number + 1);
        } else if (!checkpoint.previous().equals(previous)) {
            contradiction("%s does not follow from checkpoint %d", checkpoint, number);
        }
        number = checkpoint.number();
        previous = checkpoint.digest();
        newest = checkpoint.takenAt();
        checkpoints++;
        if (keys.trusted().isEmpty() && unchecked.size() < SYSTEMS) {
            unchecked.add(checkpoint.kid());
        }
        String system = checkpoint.database().system();
        if (!system.equals(heads.system()) && systems.size() < SYSTEMS && systems.add(system)) {
            findings.warn(
                    "%s was taken of PostgreSQL %s, this is PostgreSQL %s: a copy, or a server that was set up anew",
                    checkpoint, system, heads.system());
        }
        heads.compare(checkpoint);
    }

    private void contradiction(String text, Object... arguments) {
        findings.add(Kind.CHECKPOINT_CONTRADICTS, text, arguments);
    }
}
