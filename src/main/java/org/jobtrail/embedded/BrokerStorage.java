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
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** Where the broker keeps its topics: formatted once, with a cluster id that stays. */
final class BrokerStorage {
    private BrokerStorage() {}

    static void prepare(Path directory) throws Exception {
        WholeDirectory.deleteDrafts(directory, Duration.ZERO);
        WholeDirectory.ensure(directory, BrokerStorage::format);
        checkUnused(directory);
    }

    static Path log(Path directory) {
        return directory.resolve("log");
    }

    private static void format(Path draft) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(BrokerConfiguration.NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(BrokerConfiguration.CONTROLLER_LISTENER)
                .addDirectory(Files.createDirectory(log(draft)).toString())
                .setMetadataLogDirectory(log(draft).toString())
                // A publisher that is killed within a transaction must not
                // leave records that a later transaction commits (KIP-890).
                .setFeatureLevel("transaction.version", (short) 2)
                .run();
    }

    /** The broker holds this lock while it runs; asked for beforehand, because it answers a refusal with a stack trace. */
    private static void checkUnused(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        log(directory).resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw inUse(directory, null);
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(directory, e);
        }
    }

    private static EmbeddedServersException inUse(Path directory, Throwable cause) {
        return new EmbeddedServersException(
                "Another Kafka broker uses " + directory + ": stop it, or set data.directory to another directory.",
                cause);
    }
}
