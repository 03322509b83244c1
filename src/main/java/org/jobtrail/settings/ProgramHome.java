package org.jobtrail.settings;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the program's routes and SQL are: beside the package's bin, or in the checkout that it is started in. */
public record ProgramHome(Path home) {

    public static ProgramHome find() {
        String property = System.getProperty("jobtrail.home");
        Path home = Path.of(property == null ? "" : property).toAbsolutePath().normalize();
        if (!Files.isDirectory(home.resolve("routes")) || !Files.isDirectory(home.resolve("sql/migration"))) {
            throw new InvalidSettingException(
                    "jobtrail.home",
                    "is %s, which has no folders routes and sql: start bin/jobtrail, or Maven in the checkout"
                            .formatted(home));
        }
        return new ProgramHome(home);
    }
}
