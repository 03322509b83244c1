package org.jobtrail.poll;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jobtrail.text.Counted;

/** The line that tells how one or more cycles ended. */
public record Summary(boolean reachedAllSources, String text) {

    static Summary of(Cycle cycle) {
        return of("source " + cycle.source(), List.of(cycle));
    }

    public static Summary of(Collection<Cycle> cycles) {
        return of(Counted.of(cycles.size(), "source"), cycles);
    }

    private static Summary of(String subject, Collection<Cycle> cycles) {
        List<Attempt> attempts =
                cycles.stream().flatMap(cycle -> cycle.attempt().stream()).toList();
        long began = cycles.stream().mapToLong(Cycle::startedNanos).min().orElse(0);
        long ended = cycles.stream().mapToLong(Cycle::endedNanos).max().orElse(0);
        String text = String.format(
                Locale.ROOT,
                "polled %s, %s, %s: %s%s in %.1f s",
                subject,
                Counted.of(
                        attempts.stream()
                                .mapToInt(a -> a.organizations().size())
                                .sum(),
                        "organization"),
                Counted.of(
                        attempts.stream()
                                .mapToInt(attempt -> attempt.outcomes().jobs())
                                .sum(),
                        "job"),
                changes(attempts),
                trouble(cycles.size(), attempts),
                (ended - began) / 1e9);
        return new Summary(cycles.stream().allMatch(Cycle::reached), text);
    }

    private static String changes(List<Attempt> attempts) {
        var kinds = new TreeMap<String, Integer>();
        attempts.forEach(attempt -> attempt.changes().forEach((kind, count) -> kinds.merge(kind, count, Integer::sum)));
        if (kinds.isEmpty()) {
            return "no change";
        }
        return Counted.of(attempts.stream().mapToInt(Attempt::changeCount).sum(), "change") + " ("
                + kinds.entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static String trouble(int sources, List<Attempt> attempts) {
        long failed = attempts.stream()
                        .filter(attempt -> attempt.trouble().isFailure())
                        .count()
                + sources
                - attempts.size();
        long doubtful =
                attempts.stream().filter(attempt -> attempt.trouble().isDoubt()).count();
        long notComplete = attempts.stream()
                .mapToLong(attempt -> attempt.outcomes().organizationsNotComplete())
                .sum();
        long gone = attempts.stream()
                .mapToLong(attempt -> attempt.outcomes().gone())
                .sum();
        long copyJobs = attempts.stream()
                .flatMap(attempt -> attempt.outcomes().notComplete().stream())
                .filter(outcome -> outcome.organizationId() == null)
                .count();
        return (failed == 0 ? "" : ", %s FAILED".formatted(Counted.of(failed, "source")))
                + (doubtful == 0
                        ? ""
                        : ", list of organizations of %s in doubt".formatted(Counted.of(doubtful, "source")))
                + (notComplete == 0 ? "" : ", %s not complete".formatted(Counted.of(notComplete, "organization")))
                + (gone == 0 ? "" : ", %s not listed any more".formatted(Counted.of(gone, "organization")))
                + (copyJobs == 0 ? "" : ", copy jobs of %s not complete".formatted(Counted.of(copyJobs, "source")));
    }
}
