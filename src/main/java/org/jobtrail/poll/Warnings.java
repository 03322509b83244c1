package org.jobtrail.poll;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a poll warns of: the lists that were not complete, one line each. Of many to which the same happened, the first is told and how
 * many more there are: a server that is gone is one thing to look at, not one for each of its organizations. The receipt names all.
 */
final class Warnings {

    private static final int ONE_BY_ONE = 3;
    private static final int NAMED = 3;

    private Warnings() {}

    static List<String> of(List<ListOutcome> notComplete) {
        Collection<List<ListOutcome>> alike = notComplete.stream()
                .collect(Collectors.groupingBy(ListOutcome::likeness, LinkedHashMap::new, Collectors.toList()))
                .values();
        var lines = new ArrayList<String>();
        for (List<ListOutcome> some : alike) {
            if (some.size() <= ONE_BY_ONE) {
                some.forEach(outcome -> lines.add(outcome.text()));
            } else {
                lines.add(first(some));
            }
        }
        return lines;
    }

    private static String first(List<ListOutcome> some) {
        List<ListOutcome> others = some.subList(1, some.size());
        return "%s; the same of %d more, among them %s"
                .formatted(
                        some.get(0).text(),
                        others.size(),
                        others.stream()
                                .limit(NAMED)
                                .map(ListOutcome::organization)
                                .collect(Collectors.joining(", ")));
    }
}
