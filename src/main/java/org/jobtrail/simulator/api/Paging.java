package org.jobtrail.simulator.api;

import static org.jobtrail.simulator.fault.Fault.DUPLICATE_AT_EDGE;
import static org.jobtrail.simulator.fault.Fault.MISSING_AT_EDGE;
import static org.jobtrail.simulator.fault.Fault.PAGE_DRIFT;
import static org.jobtrail.simulator.fault.Fault.PAGE_LIMIT;

import java.util.List;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;

/** Cuts lists into pages, and gets them wrong where a fault wants that. Safe for any number of threads. */
final class Paging {
    private final Faults faults;

    Paging(Faults faults) {
        this.faults = faults;
    }

    <T> Answer answer(String path, Request request, List<T> all, Page.Item<T> item) {
        return Page.of(request)
                .map(page -> page.atMost(faults.number(PAGE_LIMIT).orElse(Page.LARGEST)))
                .map(page -> page.answer(path, drifted(path, page, all), shift(page), item))
                .orElseGet(() -> ApiVersion.V8.error(
                        400,
                        "The offset must not be negative and the limit must be from 1 to " + Page.LARGEST + ".",
                        "ParameterValidationFailure"));
    }

    /** The list lost its first element between two pages, or got it back. */
    private <T> List<T> drifted(String path, Page page, List<T> all) {
        boolean gone = faults.isSwitched(PAGE_DRIFT, path, !page.isFirst());
        return gone && !all.isEmpty() ? all.subList(1, all.size()) : all;
    }

    private int shift(Page page) {
        if (page.isFirst()) {
            return 0;
        }
        return faults.strikes(DUPLICATE_AT_EDGE) ? -1 : faults.strikes(MISSING_AT_EDGE) ? 1 : 0;
    }
}
