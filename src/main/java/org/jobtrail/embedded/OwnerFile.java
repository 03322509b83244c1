package org.jobtrail.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * embedded.properties: who runs the servers of a data directory and, once they run, how to reach them. It survives a killed
 * owner, so it counts only while the process that it names is alive.
 */
record OwnerFile(Path file) {
    private static final String OWNER = "owner";
    private static final String ANNOUNCEMENT = "announcement.";

    /** Replaces the file as a whole; a reader sees the old one or the new one. Only for us: it holds the database's password. */
    void write(Map<EmbeddedKind, EmbeddedServer> servers) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(OWNER, name(ProcessHandle.current()));
        servers.forEach((part, server) -> {
            properties.putAll(server.settings());
            properties.setProperty(ANNOUNCEMENT + part, server.announcement());
        });
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, text.toString());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Without it nobody attaches to servers that are about to stop. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It counts no longer than this process lives.
        }
    }

    /** What the owner wrote, or nothing without a living owner. */
    Optional<Content> read() throws IOException {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            Map<String, String> entries = new TreeMap<>();
            properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
            return Optional.of(new Content(entries)).filter(Content::isOwnerAlive);
        } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException e) {
            // Nor where it is damaged: the lock decides who is the owner.
            return Optional.empty();
        }
    }

    /** A process id alone is not enough: it is used again, in a container nearly always. */
    private static String name(ProcessHandle process) {
        return process.pid() + "@"
                + process.info().startInstant().map(Object::toString).orElse("?");
    }

    record Content(Map<String, String> entries) {

        boolean isOwnedByUs() {
            return owner().equals(name(ProcessHandle.current()));
        }

        boolean hasServers() {
            return entries.keySet().stream().anyMatch(key -> key.startsWith(ANNOUNCEMENT));
        }

        Optional<String> announcement(EmbeddedKind part) {
            return Optional.ofNullable(entries.get(ANNOUNCEMENT + part));
        }

        String pid() {
            return owner().replaceFirst("@.*", "");
        }

        private String owner() {
            return entries.getOrDefault(OWNER, "");
        }

        private boolean isOwnerAlive() {
            return pid().matches("\\d{1,18}")
                    && ProcessHandle.of(Long.parseLong(pid()))
                            .filter(process -> name(process).equals(owner()))
                            .isPresent();
        }
    }
}
