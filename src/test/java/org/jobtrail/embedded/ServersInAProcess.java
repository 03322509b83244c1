package org.jobtrail.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The embedded servers in a process of their own, to be killed. */
final class ServersInAProcess implements AutoCloseable {
    private final Process process;
    private final String greeting;

    private ServersInAProcess(Process process) throws IOException {
        this.process = process;
        BufferedReader output = process.inputReader();
        this.greeting = output.readLine();
    }

    /** Returns when the servers run, or when the process gave up. */
    static ServersInAProcess start(Path dataDirectory, Set<EmbeddedKind> parts) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ServersInAProcess.class.getName(),
                dataDirectory.toString()));
        parts.forEach(part -> command.add(part.name()));
        return new ServersInAProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    String greeting() {
        return greeting;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** As the operating system asks a process to end; returns when it has. */
    void terminate() throws InterruptedException {
        // Process.destroy would close its stdin, too.
        process.toHandle().destroy();
        process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.outputWriter().close();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws IOException {
        long start = System.nanoTime();
        EnumSet<EmbeddedKind> parts = EnumSet.noneOf(EmbeddedKind.class);
        List.of(arguments).subList(1, arguments.length).forEach(name -> parts.add(EmbeddedKind.valueOf(name)));
        try (EmbeddedServers servers = EmbeddedServers.start(Path.of(arguments[0]), parts)) {
            System.out.println((servers.attached() ? "attached" : "owner") + " after "
                    + (System.nanoTime() - start) / 1_000_000 + " ms: " + servers.announcements());
            while (System.in.read() >= 0) {
                // Runs until it is killed or its stdin ends.
            }
        }
    }
}
