package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Held by the process that runs a data directory's servers. The operating system releases it, however that process ends. */
record DataLock(FileChannel channel) implements AutoCloseable {

    static Optional<DataLock> tryLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new DataLock(channel));
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process: as good as held by another one.
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Released at the latest when the process ends.
        }
    }
}
