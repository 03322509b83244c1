package org.jobtrail.benchmark;

import java.util.Map;
import org.jobtrail.benchmark.ListServer.Traffic;

/**
 * One poll, from the opening of the gate on.
 *
 * @param recorded seconds until its receipt was in PostgreSQL
 * @param delivered seconds until a read_committed consumer had the last of its events; 0 where there were none
 * @param rss megabytes of Jobtrail's process at their peak
 * @param heap the most megabytes that a collection left behind; NaN where there was none
 * @param cpu processor seconds of each who took part
 * @param routes seconds of all exchanges of each route
 */
record Cycle(
        long attempt,
        double recorded,
        double delivered,
        int jobs,
        long rows,
        Traffic traffic,
        double rss,
        double heap,
        Map<String, Double> cpu,
        Map<String, Double> routes) {

    double seconds() {
        return Math.max(recorded, delivered);
    }
}
