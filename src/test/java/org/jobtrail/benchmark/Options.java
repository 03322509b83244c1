package org.jobtrail.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What is measured, and how large. */
final class Options {

    @Option(
            names = "--parts",
            split = ",",
            defaultValue = "steady,sinks,many,growth",
            description =
                    "What to measure: steady (nothing and few changed), sinks (first load, all changed), many (organizations), "
                            + "growth (of memory and time). All of them by default.")
    List<String> parts;

    @Option(names = "--organizations", defaultValue = "100", description = "Of steady and sinks: ${DEFAULT-VALUE}.")
    int organizations;

    @Option(names = "--jobs", defaultValue = "1000", description = "Of each organization there: ${DEFAULT-VALUE}.")
    int jobs;

    @Option(
            names = "--changed",
            defaultValue = "0.01",
            description = "The share that changes in steady: ${DEFAULT-VALUE}.")
    double changed;

    @Option(names = "--many", defaultValue = "10000x5", description = "Organizations x jobs of many: ${DEFAULT-VALUE}.")
    String many;

    @Option(
            names = "--growth",
            split = ",",
            defaultValue = "10x100,10x1000,10x10000,1x1000000",
            description = "Organizations x jobs of growth: ${DEFAULT-VALUE}.")
    List<String> growth;

    @Option(
            names = "--api",
            defaultValue = "v7",
            description = "The version of the API: v1 to v7 (arrays) or v8 (pages); ${DEFAULT-VALUE}.")
    String api;

    @Option(
            names = "--growth-api",
            defaultValue = "v8",
            description = "The same of growth: ${DEFAULT-VALUE}. An array of a million jobs is one answer of 1.9 GB.")
    String growthApi;

    @Option(names = "--gzip", description = "The server packs its answers for clients that accept it.")
    boolean gzip;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each is measured: ${DEFAULT-VALUE}.")
    int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "24",
            description = "Polls before the first round: ${DEFAULT-VALUE}; a quarter of it where all jobs change.")
    int warmUp;

    @Option(names = "--memory", defaultValue = "512m", description = "Jobtrail's -Xmx: ${DEFAULT-VALUE}.")
    String memory;

    @Option(
            names = "--patience",
            defaultValue = "1800",
            description = "Seconds that a poll may take: ${DEFAULT-VALUE}.")
    int patience;

    @Option(names = "--without", split = ",", defaultValue = "", description = "Whom to leave out: shell, multicast.")
    List<String> without;

    @Option(names = "--postgres", required = true, hidden = true)
    long postgres;

    @Option(names = "--kafka", required = true, hidden = true)
    long kafka;

    @Option(names = "--directory", required = true, hidden = true)
    Path directory;

    Population population() {
        return new Population(organizations, jobs);
    }

    static Population population(String text) {
        String[] numbers = text.split("x");
        return new Population(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    Duration patience() {
        return Duration.ofSeconds(patience);
    }

    String percent() {
        return String.format(Locale.ROOT, "%.3g", changed * 100).replaceAll("\\.?0+$", "");
    }
}
