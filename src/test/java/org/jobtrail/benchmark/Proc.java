package org.jobtrail.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux tells of a process: the processor time and the memory that it took. Not there, elsewhere: then nothing is said. */
record Proc(long pid) {

    private static final double TICKS_PER_SECOND = 100;

    static boolean exists() {
        return Files.isReadable(Path.of("/proc/self/stat"));
    }

    /** Seconds. */
    double cpu() {
        return ticks(pid, false);
    }

    /** Seconds, with the processes that it has started, also those that have ended: a PostgreSQL. */
    double cpuOfAll() {
        List<ProcessHandle> children = ProcessHandle.of(pid)
                .map(ProcessHandle::children)
                .orElse(Stream.empty())
                .toList();
        return ticks(pid, true)
                + children.stream()
                        .mapToDouble(child -> ticks(child.pid(), false))
                        .sum();
    }

    /** From now on the peak is counted anew. */
    void forgetPeak() {
        try {
            Files.writeString(file("clear_refs"), "5");
        } catch (IOException e) {
            // Not ours to write: the peak is that since its start.
        }
    }

    /** Megabytes that were resident at once. */
    double peak() {
        try (Stream<String> lines = Files.lines(file("status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException | UncheckedIOException e) {
            return Double.NaN;
        }
    }

    private static double ticks(long pid, boolean withEnded) {
        try {
            String stat = Files.readString(new Proc(pid).file("stat"));
            // The name may hold anything, but it ends with the last parenthesis.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            if (withEnded) {
                ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }

    private Path file(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }
}
