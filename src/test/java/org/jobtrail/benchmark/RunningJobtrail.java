package org.jobtrail.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.Jobtrail;

/** The program as anybody would run it, in a process of its own; polls follow each other as soon as the gate lets them. */
final class RunningJobtrail implements AutoCloseable {

    private static final Pattern METRICS = Pattern.compile("(http://\\S+/observe/)health");
    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\S*GC");
    private static final int TAIL = 15;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Process process;
    private final Path log;
    private final GcLog collections;
    private long nextLook;

    private RunningJobtrail(Process process, Path log, GcLog collections) {
        this.process = process;
        this.log = log;
        this.collections = collections;
    }

    /** @param directory is made: logs and data of this one */
    static RunningJobtrail start(Stage stage, ListServer source, String memory, Path directory) throws IOException {
        Files.createDirectory(directory);
        Path log = directory.resolve("run.log");
        Path collections = directory.resolve("gc.log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + memory,
                "-Xlog:gc:file=" + collections + ":uptime",
                "-Djobtrail.home=" + Path.of("").toAbsolutePath()));
        command.addAll(javaOpts());
        command.addAll(List.of("-cp", classPath(), Jobtrail.class.getName(), "run"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("SOURCE_"));
        environment.putAll(stage.environment());
        environment.putAll(Map.of(
                "SOURCE_BENCHMARK_URL",
                source.url(),
                "SOURCE_BENCHMARK_API_VERSION",
                source.version(),
                "SOURCE_BENCHMARK_USERNAME",
                ListServer.GATED,
                "SOURCE_BENCHMARK_PASSWORD",
                "secret",
                "SOURCE_BENCHMARK_CA_CERTIFICATE",
                source.pem().toString(),
                "POLL_PERIOD",
                "1s",
                // Also the time at the gate counts.
                "POLL_DEADLINE",
                "24h",
                "HTTP_PORT",
                "0",
                "DATA_DIRECTORY",
                directory.resolve("data").toString()));
        Process process = builder.start();
        // For the script, should this process be killed.
        Files.writeString(directory.resolve("pid"), Long.toString(process.pid()));
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return new RunningJobtrail(process, log, new GcLog(collections));
    }

    /** As bin/jobtrail starts it. */
    private static List<String> javaOpts() {
        String opts = System.getenv().getOrDefault("JAVA_OPTS", "");
        String collector = COLLECTOR.matcher(opts).find() ? "" : "-XX:+UseParallelGC -XX:NewRatio=1 ";
        return List.of((collector + opts).strip().split("\\s+"));
    }

    /** Without the tests, whose log is configured otherwise. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    Proc proc() {
        return new Proc(process.pid());
    }

    GcLog collections() {
        return collections;
    }

    URI metrics() throws IOException {
        Matcher health = METRICS.matcher(Files.readString(log));
        if (!health.find()) {
            throw new IllegalStateException("Jobtrail does not say where its metrics are" + tail());
        }
        return URI.create(health.group(1) + "metrics");
    }

    /** Why there is nothing to wait for any more. */
    Optional<String> end() {
        if (!process.isAlive()) {
            return Optional.of("Jobtrail ended with exit code " + process.exitValue());
        }
        if (System.nanoTime() < nextLook) {
            return Optional.empty();
        }
        nextLook = System.nanoTime() + LOOK.toNanos();
        // It may live on, but what it does then is not what is measured.
        return tail().contains("OutOfMemoryError") ? Optional.of("Jobtrail has run out of memory") : Optional.empty();
    }

    /** The last of its log, to be appended to a sentence. */
    String tail() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return all.subList(Math.max(0, all.size() - TAIL), all.size()).stream()
                    .map(line -> "\n    | " + line)
                    .collect(Collectors.joining());
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
