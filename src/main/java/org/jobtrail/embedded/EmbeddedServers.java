package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The servers that a checkout runs by itself when none are configured. The first process on a data directory owns them; others
 * that come while it runs are attached: they use its servers and leave them running. Not safe for use by several threads.
 */
public final class EmbeddedServers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, String> settings;
    private final List<String> announcements;
    private final Optional<Ownership> ownership;

    private EmbeddedServers(Map<String, String> settings, List<String> announcements, Optional<Ownership> ownership) {
        this.settings = settings;
        this.announcements = announcements;
        this.ownership = ownership;
    }

    /** False in the package, which leaves PostgreSQL and Kafka out. This class is loaded and answers without them. */
    public static boolean available() {
        return Stream.of("io.zonky.test.db.postgres.embedded.EmbeddedPostgres", "kafka.server.KafkaRaftServer")
                .allMatch(EmbeddedServers::isOnClassPath);
    }

    /**
     * Starts the parts, at least one, or attaches to the process that runs them already.
     *
     * @throws EmbeddedServersException with a sentence that names the directory and what to do
     */
    public static EmbeddedServers start(Path dataDirectory, Set<EmbeddedKind> parts) {
        Set<EmbeddedKind> inOrder = EnumSet.copyOf(parts);
        try {
            Files.createDirectories(dataDirectory);
            OwnerFile ownerFile = new OwnerFile(dataDirectory.resolve("embedded.properties"));
            long start = System.nanoTime();
            do {
                Optional<OwnerFile.Content> content = ownerFile.read();
                if (content.isPresent() && content.get().hasServers()) {
                    return attached(dataDirectory, content.get(), inOrder);
                }
                // A lock that this process holds must not be asked for:
                // closing a second channel on the file releases it.
                if (content.isEmpty() || !content.get().isOwnedByUs()) {
                    Optional<DataLock> lock = DataLock.tryLock(dataDirectory.resolve("lock"));
                    if (lock.isPresent()) {
                        return owned(Ownership.start(dataDirectory, lock.get(), ownerFile, inOrder));
                    }
                }
                Pause.of(Duration.ofMillis(100));
            } while (System.nanoTime() - start < PATIENCE.toNanos());
        } catch (IOException e) {
            throw new EmbeddedServersException(
                    "The data directory " + dataDirectory + " cannot be used (" + e
                            + "): make it writable, or set data.directory to another one.",
                    e);
        }
        throw new EmbeddedServersException("Another process uses the data directory " + dataDirectory
                + " but its servers were not ready within " + PATIENCE.toSeconds()
                + " seconds: wait for it or stop it, then start again.");
    }

    private static EmbeddedServers owned(Ownership ownership) {
        Map<String, String> settings = new TreeMap<>();
        List<String> announcements = new ArrayList<>();
        ownership.servers().values().forEach(server -> {
            settings.putAll(server.settings());
            announcements.add(server.announcement());
        });
        return new EmbeddedServers(settings, announcements, Optional.of(ownership));
    }

    private static EmbeddedServers attached(Path dataDirectory, OwnerFile.Content content, Set<EmbeddedKind> parts) {
        Map<String, String> settings = new TreeMap<>();
        List<String> announcements = new ArrayList<>();
        for (EmbeddedKind part : parts) {
            settings.putAll(part.settingsAmong(content.entries()));
            announcements.add(content.announcement(part)
                    .orElseThrow(() -> new EmbeddedServersException("The process " + content.pid()
                            + " that uses the data directory " + dataDirectory + " runs no embedded " + part.noun()
                            + ": start both with the same settings, or set data.directory to another one.")));
        }
        return new EmbeddedServers(settings, announcements, Optional.empty());
    }

    private static boolean isOnClassPath(String name) {
        try {
            Class.forName(name, false, EmbeddedServers.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** What a user would have configured to reach the servers that were asked for. */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    /** One line for each part: what runs, where its data is and how to connect to it. */
    public List<String> announcements() {
        return List.copyOf(announcements);
    }

    /** True if another process owns the servers, which then live as long as that one and not as long as this. */
    public boolean attached() {
        return ownership.isEmpty();
    }

    /**
     * From now on, a signal that ends this process does not stop the servers that it owns: for a caller that ends in order itself, and
     * needs them to the last. Where this is not called, such a signal stops them, so that nothing runs on that is left behind.
     */
    public void stopOnlyWhenClosed() {
        ownership.ifPresent(Ownership::stopOnlyWhenClosed);
    }

    /** Stops the servers if this process owns them; their data stays. */
    @Override
    public void close() {
        ownership.ifPresent(Ownership::close);
    }
}
