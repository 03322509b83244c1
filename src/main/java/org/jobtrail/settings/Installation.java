package org.jobtrail.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the program's routes and SQL are: beside the package's bin, or in the checkout that it is started in. */
public record Installation(Path home) {

    public static Installation find() {
        String property = System.getProperty("jobtrail.home");
        Path home = Path.of(property == null ? "" : property).toAbsolutePath().normalize();
        if (!Files.isDirectory(home.resolve("routes")) || !Files.isDirectory(home.resolve("sql/migration"))) {
            throw new InvalidSettingException(
                    "jobtrail.home",
                    "is %s, which has no folders routes and sql: start bin/jobtrail, or Maven in the checkout"
                            .formatted(home));
        }
        return new Installation(home);
    }

    /** Which of several instances this is, for people to tell them apart. */
    public static String instance() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + ":" + ProcessHandle.current().pid();
    }

    public static String version() {
        try (InputStream in = Installation.class.getResourceAsStream("/org/jobtrail/version")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
