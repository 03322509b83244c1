package org.jobtrail.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.observe.Backlog.Waiting;

/**
 * What the database said when it was looked at.
 *
 * @param problem why nothing can be recorded there
 * @param waiting empty where it is not known
 * @param halted by organization why nothing more is published of it; empty where it is not known
 * @param unknown why something is not known
 */
record DatabaseLook(
        Optional<String> problem,
        Optional<Waiting> waiting,
        Optional<Map<String, String>> halted,
        Optional<String> unknown) {

    private static final double LATE_SECONDS = 120;

    static DatabaseLook failed(String problem) {
        return new DatabaseLook(
                Optional.of(problem), Optional.empty(), Optional.empty(), Optional.of("the database does not answer"));
    }

    double rows() {
        return waiting.map(all -> (double) all.rows()).orElse(Double.NaN);
    }

    double oldestSeconds() {
        return waiting.map(Waiting::seconds).orElse(Double.NaN);
    }

    double haltedOrganizations() {
        return halted.map(all -> (double) all.size()).orElse(Double.NaN);
    }

    /** What is halted, as an operator is told of it: nothing where nothing is. */
    Optional<Object> haltedOrNotKnown() {
        return halted.isEmpty() ? Optional.of(notKnown()) : halted.map(all -> all.isEmpty() ? null : all);
    }

    boolean isAnythingHalted() {
        return halted.filter(all -> !all.isEmpty()).isPresent();
    }

    private String notKnown() {
        return "not known: " + unknown.orElse("the database was not asked");
    }

    Health.Check databaseCheck() {
        return new Health.Check(
                "database",
                problem.isEmpty(),
                problem.<Map<String, Object>>map(reason -> Map.of("reason", reason))
                        .orElse(Map.of()));
    }

    Health.Check unpublishedCheck() {
        if (waiting.isEmpty()) {
            return new Health.Check("unpublished", false, Map.of("reason", notKnown()));
        }
        var data = new LinkedHashMap<String, Object>();
        data.put("rows", waiting.get().rows());
        data.put("oldestSeconds", Math.round(waiting.get().seconds()));
        return new Health.Check("unpublished", waiting.get().seconds() < LATE_SECONDS, data);
    }
}
