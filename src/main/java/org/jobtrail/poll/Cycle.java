package org.jobtrail.poll;

import java.util.Locale;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** One round over all sources, for the line that tells of it. Thread-safe. */
public final class Cycle {

    private final long startedNanos;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final int sources;

    Cycle(long startedNanos, int sources) {
        this.startedNanos = startedNanos;
        this.sources = sources;
    }

    void add(Attempt attempt) {
        attempts.add(attempt);
    }

    /** True where every source was reached: what is wrong with a single organization is in the receipts. */
    boolean reachedAll() {
        return attempts.size() == sources && attempts.stream().allMatch(Attempt::reached);
    }

    int changes() {
        return attempts.stream().mapToInt(Attempt::changes).sum();
    }

    String summary(long nowNanos) {
        var kinds = new TreeMap<String, Integer>();
        attempts.forEach(attempt -> attempt.outcomes()
                .forEach(
                        outcome -> outcome.changes().forEach((kind, count) -> kinds.merge(kind, count, Integer::sum))));
        return String.format(
                Locale.ROOT,
                "polled %s, %s, %s: %s%s in %.1f s",
                count(attempts.size(), "source"),
                count(attempts.stream().mapToInt(a -> a.organizations().size()).sum(), "organization"),
                count(attempts.stream().mapToInt(Attempt::jobs).sum(), "job"),
                changes(kinds),
                trouble(),
                (nowNanos - startedNanos) / 1e9);
    }

    private String changes(TreeMap<String, Integer> kinds) {
        if (kinds.isEmpty()) {
            return "no change";
        }
        return count(changes(), "change") + " ("
                + kinds.entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private String trouble() {
        long failed =
                attempts.stream().filter(attempt -> attempt.failure() != null).count() + sources - attempts.size();
        long notComplete = attempts.stream()
                .mapToLong(attempt -> attempt.notComplete().size())
                .sum();
        return (failed == 0 ? "" : ", %s FAILED".formatted(count(failed, "source")))
                + (notComplete == 0 ? "" : ", %s not complete".formatted(count(notComplete, "organization")));
    }

    private static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
