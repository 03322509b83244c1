package org.jobtrail.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every command that reads settings takes. */
final class Options {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A properties file with settings. Environment variables take precedence over it.")
    private Path config;

    Path config() {
        return config;
    }
}
