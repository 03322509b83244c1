package org.jobtrail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.embedded.EmbeddedServers;

/** Embedded servers on a directory that goes with them. */
record RunningServers(Path directory, EmbeddedServers servers) implements AutoCloseable {

    static RunningServers start(Set<EmbeddedKind> parts) {
        try {
            Path directory = Files.createTempDirectory("jobtrail-test");
            return new RunningServers(directory, EmbeddedServers.start(directory, parts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> settings() {
        return servers.settings();
    }

    @Override
    public void close() throws IOException {
        servers.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
