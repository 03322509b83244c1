package org.jobtrail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The PostgreSQL server process that runs on a data directory, whoever started it: it outlives a killed JVM. */
record Postmaster(Path pidFile, ProcessHandle process, int port) {

    static Optional<Postmaster> of(Path cluster) throws IOException {
        Path pidFile = cluster.resolve("postmaster.pid");
        List<String> lines = linesOf(pidFile);
        if (lines.size() < 4 || !lines.get(0).matches("\\d+") || !lines.get(3).matches("\\d+")) {
            return Optional.empty();
        }
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(lines.get(0)));
        if (process.isPresent() && !isServerOf(cluster, process.get())) {
            // PostgreSQL takes any process with that number for the
            // server and refuses to start. A dead number it sees itself.
            Files.deleteIfExists(pidFile);
            return Optional.empty();
        }
        return process.map(handle -> new Postmaster(pidFile, handle, Integer.parseInt(lines.get(3))));
    }

    boolean isRunning() {
        // A zombie that nobody collects counts as alive, but has removed its file.
        return process.isAlive() && Files.exists(pidFile);
    }

    /** Ends the sessions and stops; a server that does not react is stopped like in a crash, from which it recovers. */
    void stop() {
        tellToStop();
        if (Pause.until(() -> !isRunning(), Duration.ofSeconds(15))) {
            return;
        }
        signal("QUIT");
        if (!Pause.until(() -> !isRunning(), Duration.ofSeconds(5))) {
            process.destroyForcibly();
            Pause.until(() -> !isRunning(), Duration.ofSeconds(5));
        }
    }

    /** Ends the sessions; the server stops by itself, a moment later. */
    void tellToStop() {
        signal("INT");
    }

    /** Java itself only sends TERM, on which PostgreSQL waits for the last session to end. */
    private void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process.destroy();
        }
    }

    private static boolean isServerOf(Path cluster, ProcessHandle process) {
        boolean postgres = process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString().startsWith("postgres"))
                .orElse(false);
        List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
        return postgres && arguments.stream().anyMatch(argument -> isSameDirectory(cluster, argument));
    }

    private static boolean isSameDirectory(Path cluster, String argument) {
        try {
            return Files.isSameFile(cluster, Path.of(argument));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static List<String> linesOf(Path pidFile) throws IOException {
        try {
            return Files.readAllLines(pidFile).stream().map(String::strip).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
