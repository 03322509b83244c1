package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The folders of {@code src/main/java} are the parts of the program: each can be read with those that it needs, and without the others. */
class PackagesTest {

    private static final Path ROOT = Path.of("src/main/java/org/jobtrail");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?org\\.jobtrail\\.([a-z.]+)\\.[A-Z]", Pattern.MULTILINE);

    @Test
    void noPackageNeedsItselfByWayOfOthers() throws IOException {
        Map<String, Set<String>> needs = needs();

        assertThat(needs)
                .containsKeys("poll", "authenticate", "fetch", "transform", "record", "publish", "simulator.world");
        assertThat(needs)
                .allSatisfy((name, direct) ->
                        assertThat(all(direct, needs)).as("what %s needs", name).doesNotContain(name));
    }

    private static Set<String> all(Set<String> direct, Map<String, Set<String>> needs) {
        var all = new TreeSet<String>();
        var open = new TreeSet<>(direct);
        while (!open.isEmpty()) {
            String next = open.pollFirst();
            if (all.add(next)) {
                open.addAll(needs.getOrDefault(next, Set.of()));
            }
        }
        return all;
    }

    private static Map<String, Set<String>> needs() throws IOException {
        var needs = new TreeMap<String, Set<String>>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            for (Path file : sources) {
                String name = ROOT.relativize(file.getParent()).toString().replace(File.separatorChar, '.');
                Set<String> direct = needs.computeIfAbsent(name, own -> new TreeSet<>());
                // A class imports what is nested in others of its package.
                IMPORT.matcher(Files.readString(file))
                        .results()
                        .map(found -> found.group(1))
                        .filter(other -> !other.equals(name))
                        .forEach(direct::add);
            }
        }
        return needs;
    }
}
