package org.jobtrail.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** Where the broker keeps its topics: formatted once, with a cluster id that stays. */
record BrokerStorage(Path directory) {
    static final int NODE = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    static BrokerStorage in(Path directory) throws Exception {
        WholeDirectory.deleteDraftsOf(directory);
        WholeDirectory.ensure(directory, BrokerStorage::format);
        BrokerStorage storage = new BrokerStorage(directory);
        storage.checkUnused();
        return storage;
    }

    Path log() {
        return directory.resolve("log");
    }

    private static void format(Path draft) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(CONTROLLER_LISTENER)
                .addDirectory(Files.createDirectory(draft.resolve("log")).toString())
                .setMetadataLogDirectory(draft.resolve("log").toString())
                // A publisher that is killed within a transaction must not leave records that a later transaction
                // commits (KIP-890).
                .setFeatureLevel("transaction.version", (short) 2)
                .run();
    }

    /** The broker holds this lock while it runs; asked for beforehand, because it answers a refusal with a stack trace. */
    private void checkUnused() throws IOException {
        try (FileChannel channel =
                        FileChannel.open(log().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw inUse(null);
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(e);
        }
    }

    private EmbeddedServersException inUse(Throwable cause) {
        return new EmbeddedServersException(
                "Another Kafka broker uses " + directory + ": stop it, or set data.directory to another directory.",
                cause);
    }
}
