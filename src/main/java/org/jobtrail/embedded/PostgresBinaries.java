package org.jobtrail.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once per user. The library that brings them would unpack and start them too, but it takes an
 * unpacking or an initdb that was killed half way for a complete one.
 */
record PostgresBinaries(Path home) {

    /** Unpacks into the user's cache, or into the fallback for a user who has none. */
    static PostgresBinaries unpacked(Path fallback) throws Exception {
        byte[] archive = archive();
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(archive))
                .substring(0, 16);
        Path home = cacheOr(fallback).resolve("postgresql-" + digest);
        // Other processes of this user may be unpacking right now, which takes seconds.
        WholeDirectory.deleteDrafts(home, Duration.ofHours(1));
        WholeDirectory.ensure(home, directory -> unpack(archive, directory));
        return new PostgresBinaries(home);
    }

    /** Runs initdb, pg_ctl or postgres to its end. The output goes to a file, never to our own. */
    int run(Path output, String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // We are root, as which PostgreSQL refuses to run; in a user namespace of its own it is nobody.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        Map<String, String> environment = builder.environment();
        // The caller's locale, time zone and PG* variables must not decide how the data is stored.
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_") || name.equals("TZ"));
        environment.put("LC_ALL", "C");
        return builder.start().waitFor();
    }

    private static byte[] archive() throws IOException {
        String os = System.getProperty("os.name");
        String system = os.startsWith("Mac") ? "Darwin" : "Linux";
        String architecture = System.getProperty("os.arch");
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                system, architecture.equals("amd64") ? "x86_64" : architecture)) {
            return archive.readAllBytes();
        } catch (IllegalStateException | NullPointerException e) {
            throw new EmbeddedServersException(
                    String.format(
                            Locale.ROOT,
                            "There is no embedded PostgreSQL for %s on %s; set database.url, database.username and database.password.",
                            os,
                            architecture),
                    e);
        }
    }

    /** Never the temporary directory: what tidies it up takes single files, and another user may have put programs there. */
    private static Path cacheOr(Path fallback) {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path caches = configured != null && !configured.isBlank()
                ? Path.of(configured)
                : Path.of(System.getProperty("user.home"), ".cache");
        try {
            Path cache = Files.createDirectories(caches.toAbsolutePath().resolve("jobtrail"));
            return Files.isWritable(cache) ? cache : fallback;
        } catch (IOException e) {
            return fallback;
        }
    }

    private static void unpack(byte[] archive, Path directory) throws IOException {
        try (TarArchiveInputStream entries =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(entries, file);
                    file.toFile().setExecutable((entry.getMode() & 0100) != 0);
                }
            }
        }
    }
}
