package org.jobtrail;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a command said, and what it ended with. */
public record Said(int exitCode, String output) {

    /** In this process: to start one for each would take longer than all else. */
    public static Said by(Path config, String... arguments) {
        var bytes = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            System.setErr(out);
            int exitCode =
                    Jobtrail.execute(Stream.concat(Stream.of(arguments), Stream.of("--config", config.toString()))
                            .toArray(String[]::new));
            return new Said(exitCode, bytes.toString(StandardCharsets.UTF_8).strip());
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }
}
