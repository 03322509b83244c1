package org.jobtrail.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The same done by {@code src/test/scripts/shell-poll.sh}, with the programs that every machine has. */
final class ShellPoll {

    private static final List<String> NEEDED = List.of("curl", "jq", "psql", "kcat");

    private final ListServer source;
    private final Stage stage;
    private final Path log;
    private final String topic;

    ShellPoll(ListServer source, Stage stage, Path directory) throws Exception {
        this.source = source;
        this.stage = stage;
        this.log = directory.resolve(stage.topic("shell.log"));
        this.topic = stage.createTopic("shell");
        run("prepare");
    }

    /** Of the programs that it needs. */
    static List<String> missing() {
        return NEEDED.stream()
                .filter(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .noneMatch(directory -> Files.isExecutable(Path.of(directory, program))))
                .toList();
    }

    /** Seconds of a poll. */
    double poll() throws Exception {
        long start = System.nanoTime();
        run("poll");
        double seconds = (System.nanoTime() - start) / 1e9;
        stage.requireRows("shell_state", source.population().size());
        return seconds;
    }

    private void run(String what) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("src/test/scripts/shell-poll.sh", what)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var database = URI.create(stage.databaseUrl().substring("jdbc:".length()));
        builder.environment()
                .putAll(Map.of(
                        "API_URL", source.url() + "/" + source.version(),
                        "API_CA", source.pem().toString(),
                        "PGHOST", database.getHost(),
                        "PGPORT", Integer.toString(database.getPort()),
                        "PGDATABASE", database.getPath().substring(1).replaceAll("\\?.*", ""),
                        "PGUSER", stage.servers().database().migrationUsername(),
                        "PGPASSWORD", stage.servers().database().migrationPassword(),
                        "BROKER", stage.servers().bootstrapServers(),
                        "TOPIC", topic));
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IOException("shell-poll.sh ended with %d: %s".formatted(code, Files.readString(log)));
        }
    }
}
