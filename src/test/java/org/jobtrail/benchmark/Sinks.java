package org.jobtrail.benchmark;

import static org.jobtrail.benchmark.Part.say;

/** Polls that fill both sinks: against reading the lists and filling the sinks with nothing between, and a plain Camel multicast. */
final class Sinks {

    private static final String COPY = "COPY";
    private static final String PRODUCER = "producer";
    private static final String MULTICAST = "plain Camel multicast, to whom all polls are alike";
    private static final int FEW = 500;

    /** How many polls of few changes a poll warms up for that has to do all of the work for each job. */
    private static final int WORTH = 4;

    private Sinks() {}

    static void run(Parts parts) throws Exception {
        Options options = parts.options();
        say("%s, API %s", options.population(), options.api);
        Case cold = new Case("first load, by a program that has just started");
        Case load = new Case("first load");
        Case all = new Case("all changed");
        try (Part part = parts.start("sinks", options.api, options.population());
                var copy = new CopyFloor(part.stage(), options.directory);
                var producer = new ProducerFloor(part.stage());
                PlainMulticast multicast = multicast(part)) {
            part.floors(new Case(""));
            measure(part, copy, producer, cold);
            warmUp(part, copy, producer);
            for (int round = 1; round <= options.rounds; round++) {
                part.replace();
                measure(part, copy, producer, load);
                part.change(1);
                measure(part, copy, producer, all);
                if (multicast != null) {
                    double seconds = multicast.poll();
                    load.add(MULTICAST, seconds);
                    all.add(MULTICAST, seconds);
                }
            }
        }
        for (Case one : new Case[] {cold, load, all}) {
            one.print(System.out);
            one.tellFloors(2, COPY, PRODUCER);
            one.tellFaster(MULTICAST, 5);
        }
    }

    /** The one poll that was measured while it was being compiled is not enough for that. */
    private static void warmUp(Part part, CopyFloor copy, ProducerFloor producer) throws Exception {
        for (int i = 0; i < part.options().warmUp / WORTH; i++) {
            if (i % 2 == 0) {
                part.replace();
            } else {
                part.change(1);
            }
            measure(part, copy, producer, new Case(""));
        }
    }

    private static void measure(Part part, CopyFloor copy, ProducerFloor producer, Case one) throws Exception {
        part.floors(one);
        producer.skip();
        Cycle cycle = part.polls().next();
        one.add(cycle);
        part.polls().await();
        one.add(COPY, copy.seconds(cycle.attempt()));
        one.add(PRODUCER, producer.seconds());
    }

    /** Warm: it has polled a few jobs twice. */
    private static PlainMulticast multicast(Part part) throws Exception {
        Population population = part.source().population();
        if (part.options().without.contains("multicast")) {
            say("the plain Camel multicast is left out");
            return null;
        }
        if (part.source().version().equals("v8") && population.jobs() > ListPaths.LIMIT) {
            say("the plain Camel multicast is left out: it reads one page of each list");
            return null;
        }
        var multicast = new PlainMulticast(part.source(), part.stage());
        part.source().populate(new Population(4, FEW));
        multicast.poll();
        multicast.poll();
        part.source().populate(population);
        return multicast;
    }
}
