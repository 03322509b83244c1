package org.jobtrail.benchmark;

import static org.jobtrail.benchmark.Part.say;

/** As many jobs in very many organizations: what a list costs, whatever it holds. */
final class Many {

    private Many() {}

    static void run(Parts parts) throws Exception {
        Options options = parts.options();
        Population scattered = Options.population(options.many);
        Case few = new Case("nothing changed, " + options.population());
        Case many = new Case("nothing changed, " + scattered);
        try (Part one = parts.start("few", options.api, options.population())) {
            one.polls().next();
            try (Part other = parts.start("many", options.api, scattered)) {
                other.polls().next();
                one.warmUp();
                other.warmUp();
                for (int round = 1; round <= options.rounds; round++) {
                    one.floors(few);
                    few.add(one.polls().next());
                    other.floors(many);
                    many.add(other.polls().next());
                }
            }
        }
        for (Case one : new Case[] {few, many}) {
            one.print(System.out);
            one.tellFloors(Double.NaN);
        }
        say(
                "=> %.1f us for each job against %.1f us: x%.2f, to be at most x3; %d requests for a poll of %d lists",
                many.perJob() * 1e6,
                few.perJob() * 1e6,
                many.perJob() / few.perJob(),
                many.requests(),
                scattered.organizations());
    }
}
