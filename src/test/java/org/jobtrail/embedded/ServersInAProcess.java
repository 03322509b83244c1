package org.jobtrail.embedded;

import java.nio.file.Path;
import java.util.EnumSet;

/** Runs the embedded servers in a process of its own, to be killed: one line on stdout once they run, then nothing until stdin ends. */
final class ServersInAProcess {
    private ServersInAProcess() {}

    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (int i = 1; i < arguments.length; i++) {
            parts.add(Part.valueOf(arguments[i]));
        }
        try (EmbeddedServers servers = EmbeddedServers.start(Path.of(arguments[0]), parts)) {
            System.out.println((servers.attached() ? "attached" : "owner") + " after "
                    + (System.nanoTime() - start) / 1_000_000 + " ms " + servers.announcements());
            while (System.in.read() >= 0) {
                // Waits for the parent to close stdin or to kill this process.
            }
        }
        System.out.println("stopped");
    }
}
