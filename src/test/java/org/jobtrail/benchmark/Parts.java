package org.jobtrail.benchmark;

import java.util.concurrent.atomic.AtomicInteger;

/** Starts what a part needs. */
record Parts(Options options, Servers servers, AtomicInteger started) {

    /** A Jobtrail that waits at the gate, and is about to see this population for the first time. */
    Part start(String name, String api, Population population) throws Exception {
        var part = new Part(options, servers, api, "%s_%d".formatted(name, started.incrementAndGet()));
        try {
            part.open(population);
            return part;
        } catch (Exception e) {
            part.close();
            throw e;
        }
    }
}
