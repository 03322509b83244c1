package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The servers that this process runs on a data directory, and the lock that says so. */
record Ownership(DataLock lock, OwnerFile ownerFile, Map<EmbeddedKind, EmbeddedServer> servers)
        implements AutoCloseable {

    static Ownership start(Path dataDirectory, DataLock lock, OwnerFile ownerFile, Set<EmbeddedKind> parts)
            throws IOException {
        Ownership ownership = new Ownership(lock, ownerFile, new EnumMap<>(EmbeddedKind.class));
        try {
            ownerFile.write(Map.of());
            for (EmbeddedKind part : parts) {
                ownership.servers.put(part, start(part, dataDirectory));
            }
            ownerFile.write(ownership.servers);
            return ownership;
        } catch (IOException | RuntimeException | Error e) {
            ownership.close();
            throw e;
        }
    }

    private static EmbeddedServer start(EmbeddedKind part, Path dataDirectory) {
        return switch (part) {
            case DATABASE -> EmbeddedDatabase.start(dataDirectory.resolve("postgres"));
            case BROKER -> EmbeddedBroker.start(dataDirectory.resolve("kafka"));
            case SOURCE -> EmbeddedSource.start(dataDirectory.resolve("simulator"));
        };
    }

    void stopOnlyWhenClosed() {
        servers.values().forEach(EmbeddedServer::stopOnlyWhenClosed);
    }

    /** The lock goes last: whoever gets it next finds the servers stopped. */
    @Override
    public void close() {
        try (lock) {
            ownerFile.delete();
            servers.values().forEach(EmbeddedServer::close);
        }
    }
}
