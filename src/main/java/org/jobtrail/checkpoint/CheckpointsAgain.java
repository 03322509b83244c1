package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.Topics;
import org.jobtrail.settings.Settings;

/** Puts the checkpoints of the file on a topic that has lost them, as they were signed: another cluster has none, and the chain must not begin anew. */
public final class CheckpointsAgain {

    private static final int TRANSACTION = 100;

    private final KafkaClients clients;
    private final Settings.KafkaTopics topics;
    private final Settings.Checkpoint settings;

    public CheckpointsAgain(KafkaClients clients, Settings.KafkaTopics topics, Settings.Checkpoint settings) {
        this.clients = clients;
        this.topics = topics;
        this.settings = settings;
    }

    /**
     * To be asked before anything is published: what the file has can be put on the topic as it is, or is not there.
     *
     * @throws CheckpointException where a line of the file is no checkpoint
     */
    public void require() throws IOException {
        if (isThere()) {
            try (var lines = new CheckpointLines(settings.file())) {
                while (next(lines) != null) {
                    // each of them
                }
            }
        }
    }

    /** @return how many the topic lacked; where it has others than the file, none: that is for a person to see */
    public long republish() throws IOException, InterruptedException {
        if (!isThere()) {
            return 0;
        }
        try (Admin admin = clients.admin()) {
            new Topics(topics).ensureCheckpoints(admin);
        }
        long written = 0;
        try (Producer<Object, Object> producer = clients.transactionalProducer("-checkpoints");
                var lines = new CheckpointLines(settings.file())) {
            producer.initTransactions();
            Optional<Checkpoint> last =
                    new CheckpointTopic(clients, topics.checkpoints(), TrustedKeys.read(settings.keyFile())).last();
            for (Checkpoint next = after(last, lines); next != null; next = next(lines)) {
                if (written % TRANSACTION == 0) {
                    producer.beginTransaction();
                }
                producer.send(
                        new ProducerRecord<>(topics.checkpoints(), next.jws().getBytes(StandardCharsets.US_ASCII)));
                written++;
                if (written % TRANSACTION == 0) {
                    producer.commitTransaction();
                }
            }
            if (written % TRANSACTION != 0) {
                producer.commitTransaction();
            }
        }
        return written;
    }

    private boolean isThere() {
        return Files.isReadable(settings.file()) && Files.isReadable(settings.keyFile());
    }

    private static Checkpoint after(Optional<Checkpoint> last, CheckpointLines lines) {
        if (last.isEmpty()) {
            return next(lines);
        }
        for (Checkpoint next = next(lines); next != null; next = next(lines)) {
            if (next.jws().equals(last.get().jws())) {
                return next(lines);
            }
        }
        return null;
    }

    /** Null after the last; what a crash has left of one at the file's end is none. */
    private static Checkpoint next(CheckpointLines lines) {
        if (!lines.hasNext()) {
            return null;
        }
        CheckpointLine line = lines.next();
        return line.checkpoint()
                .orElseThrow(() -> new CheckpointException(
                        "%s is no checkpoint: put the file of checkpoint.file back as it was, nothing was published"
                                .formatted(line.where())));
    }
}
