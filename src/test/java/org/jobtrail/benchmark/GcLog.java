package org.jobtrail.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a JVM says of its collections, written by -Xlog:gc. */
record GcLog(Path file) {

    private static final Pattern COLLECTION = Pattern.compile("\\d+M->(\\d+)M\\((\\d+)M\\)");

    int lines() throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        }
    }

    /** The most megabytes that were left after a collection since then; nothing to say where there was none. */
    double peakSince(int line) throws IOException {
        List<String> all = Files.readAllLines(file);
        return all.subList(Math.min(line, all.size()), all.size()).stream()
                .map(COLLECTION::matcher)
                .filter(Matcher::find)
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .max()
                .orElse(Double.NaN);
    }
}
