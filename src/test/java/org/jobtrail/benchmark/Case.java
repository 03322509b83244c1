package org.jobtrail.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** One question: what Jobtrail took in each round, and what others took for the same lists. */
final class Case {

    private final String name;
    private final List<Cycle> cycles = new ArrayList<>();
    private final Map<String, Sample> others = new LinkedHashMap<>();

    Case(String name) {
        this.name = name;
    }

    void add(Cycle cycle) {
        cycles.add(cycle);
    }

    void add(String other, double seconds) {
        others.computeIfAbsent(other, one -> new Sample()).add(seconds);
    }

    double seconds() {
        return of(Cycle::seconds).median();
    }

    double perJob() {
        return seconds() / cycles.get(0).jobs();
    }

    long requests() {
        return Math.round(of(cycle -> cycle.traffic().requests()).median());
    }

    /** @param most what it shall be at most; NaN where nothing was promised */
    void tellFloors(double most, String... sinks) {
        double floor = of(Part.FETCH) + of(Part.TOKENISE);
        double strict = of(Part.BOTH);
        for (String sink : sinks) {
            floor += of(sink);
            strict += of(sink);
        }
        Part.say(
                "=> x%.2f of the floors, %s (%.3f s)%s; x%.2f where the lists are tokenised while they come",
                seconds() / floor,
                String.join(" + ", concat(sinks)),
                floor,
                Double.isNaN(most) ? "" : ", to be at most x%.0f".formatted(most),
                seconds() / strict);
    }

    /** @param least how many times faster than it Jobtrail shall be */
    void tellFaster(String other, double least) {
        if (others.containsKey(other)) {
            Part.say("=> x%.1f as fast as the %s, to be at least x%.0f", of(other) / seconds(), other, least);
        }
    }

    private static List<String> concat(String... sinks) {
        var floors = new ArrayList<>(List.of(Part.FETCH, Part.TOKENISE));
        floors.addAll(List.of(sinks));
        return floors;
    }

    private double of(String other) {
        return others.getOrDefault(other, new Sample()).median();
    }

    private Sample of(ToDoubleFunction<Cycle> figure) {
        var sample = new Sample();
        cycles.stream().mapToDouble(figure).filter(Double::isFinite).forEach(sample::add);
        return sample;
    }

    void print(PrintStream out) {
        out.println();
        out.println(name);
        if (cycles.isEmpty()) {
            return;
        }
        Cycle one = cycles.get(cycles.size() - 1);
        line(out, "Jobtrail", of(Cycle::seconds));
        if (one.rows() > 0) {
            line(out, "  until the receipt", of(Cycle::recorded));
            line(out, "  until the last event", of(Cycle::delivered));
        }
        others.forEach((who, sample) -> line(out, who, sample));
        out.printf(
                Locale.ROOT,
                "  %d jobs, %d changes: %.0f jobs/s; %d requests, %.1f MB%s%s%n",
                one.jobs(),
                one.rows(),
                one.jobs() / seconds(),
                requests(),
                of(cycle -> cycle.traffic().bytes()).median() / 1e6,
                memory("; resident %.0f MB at the most", of(Cycle::rss)),
                memory(", %.0f MB of heap after a collection", of(Cycle::heap)));
        print(out, "processor seconds", "", Cycle::cpu);
        print(out, "seconds in routes", ", of all threads, with those that they call", Cycle::routes);
    }

    static void line(PrintStream out, String who, Sample sample) {
        out.printf("  %-48s %s%n", who, sample);
    }

    private static String memory(String text, Sample sample) {
        return sample.isEmpty() ? "" : String.format(Locale.ROOT, text, sample.median());
    }

    private void print(PrintStream out, String title, String explained, Function<Cycle, Map<String, Double>> figures) {
        var all = new TreeMap<String, Sample>();
        cycles.forEach(cycle -> figures.apply(cycle)
                .forEach((who, value) ->
                        all.computeIfAbsent(who, one -> new Sample()).add(value)));
        String text = all.entrySet().stream()
                .filter(entry -> entry.getValue().median() >= 0.005)
                .sorted((a, b) ->
                        Double.compare(b.getValue().median(), a.getValue().median()))
                .map(entry -> String.format(
                        Locale.ROOT, "%s %.2f", entry.getKey(), entry.getValue().median()))
                .collect(Collectors.joining(", "));
        if (!text.isEmpty()) {
            out.printf("  %s%s: %s%n", title, explained, text);
        }
    }
}
