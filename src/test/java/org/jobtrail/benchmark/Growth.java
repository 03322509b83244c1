package org.jobtrail.benchmark;

import static org.jobtrail.benchmark.Part.say;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How time and memory grow with the number of jobs: for each size a Jobtrail that has just started. */
final class Growth {

    private Growth() {}

    static void run(Parts parts) throws Exception {
        Options options = parts.options();
        var failed = new ArrayList<String>();
        say(
                "API %s, -Xmx%s; memory at the peak: resident, and heap after a collection",
                options.growthApi, options.memory);
        say("%-36s %-42s %s", "", "first load", "nothing changed");
        for (String size : options.growth) {
            Population population = Options.population(size);
            try (Part part = parts.start("growth", options.growthApi, population)) {
                String first = figures(List.of(part.polls().next()));
                var unchanged = new ArrayList<Cycle>();
                for (int round = 1; round <= options.rounds; round++) {
                    unchanged.add(part.polls().next());
                }
                say("%-36s %-42s %s", population, first, figures(unchanged));
            } catch (FailedCycleException e) {
                failed.add(size);
                say("%-36s NOT MEASURED: %s", population, e.getMessage());
            }
        }
        if (!failed.isEmpty()) {
            throw new FailedCycleException("of growth, " + String.join(", ", failed));
        }
    }

    /** The median of the time, the peak of the memory. */
    private static String figures(List<Cycle> cycles) {
        var seconds = new Sample();
        cycles.forEach(cycle -> seconds.add(cycle.seconds()));
        var heap = cycles.stream()
                .mapToDouble(Cycle::heap)
                .filter(Double::isFinite)
                .max();
        return String.format(
                Locale.ROOT,
                "%8.2f s %7.1f us/job %5.0f MB %7s",
                seconds.median(),
                seconds.median() * 1e6 / cycles.get(0).jobs(),
                cycles.stream().mapToDouble(Cycle::rss).max().orElse(Double.NaN),
                heap.isPresent() ? "%.0f MB".formatted(heap.getAsDouble()) : "-");
    }
}
