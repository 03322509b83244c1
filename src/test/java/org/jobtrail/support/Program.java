package org.jobtrail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobtrail.Jobtrail;

/** The program in a process of its own, started as a user would: with arguments and environment variables. */
public final class Program implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 90;

    private final Process process;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    private Program(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output of the program");
        reader.setDaemon(true);
        reader.start();
    }

    /** @param environment all that the program knows of its environment */
    public static Program start(Map<String, String> environment, String... arguments) throws IOException {
        // The tests' own is first on the class path.
        return startLogging("logback.xml", environment, arguments);
    }

    /** @param logback the configuration of the log, as an operator may bring one */
    public static Program startLogging(String logback, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + logback,
                "-cp",
                System.getProperty("java.class.path"),
                Jobtrail.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Program(builder.start());
    }

    /** Waits for a line that holds such text, and returns what its first group found. */
    public String await(Pattern pattern) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String line = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("no line with %s among%n%s".formatted(pattern, output()));
            }
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
    }

    /** As the operating system asks a process to end. */
    public void terminate() {
        process.destroy();
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for the end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the program does not end: %n%s".formatted(output()));
        }
        reader.join();
        return process.exitValue();
    }

    public String lastLine() {
        synchronized (lines) {
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    /** Everything on stdout and stderr. */
    public String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(java.nio.charset.StandardCharsets.UTF_8)) {
            String line;
            while ((line = output.readLine()) != null) {
                synchronized (lines) {
                    lines.add(line);
                }
                unread.add(line);
            }
        } catch (IOException e) {
            unread.add("the output broke off: " + e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
