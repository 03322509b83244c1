package org.jobtrail.fetch;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.page.KnownPages;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** What {@code 4-fetch-jobs}, {@code 4-fetch-all-jobs} and {@code 4-fetch-copy-jobs} begin: lists of jobs. Thread-safe. */
public final class JobLists {

    /** What routes keep of a list on its exchange. */
    private static final List<String> LARGE = List.of("jobs", "list", "listing", "recording", "recordings");

    /** The list of all jobs gets this part of one list's time: where it fails, the others are still to be read. */
    private static final int ALL_JOBS = 4;

    private final Clock clock;
    private final Duration longest;
    private final KnownPages known;

    public JobLists(Clock clock, Duration longest, KnownPages known) {
        this.clock = clock;
        this.longest = longest;
        this.known = known;
    }

    public JobList start(String source, Organization organization, ApiVersion version) {
        return new JobList(source, organization, version, clock.instant().plus(longest), known);
    }

    public JobList startCopyJobs(String source, ApiVersion version) {
        return JobList.ofCopyJobs(source, version, clock.instant().plus(longest), known);
    }

    public JobList startAllJobs(String source, ApiVersion version) {
        return JobList.ofAllJobs(source, version, clock.instant().plus(longest.dividedBy(ALL_JOBS)), known);
    }

    public void begin(
            @Variable("source") Source source,
            @Variable("organization") Organization organization,
            @Variable("apiVersion") ApiVersion version,
            Exchange exchange) {
        keep(start(source.name(), organization, version), exchange);
    }

    public void beginCopyJobs(
            @Variable("source") Source source, @Variable("apiVersion") ApiVersion version, Exchange exchange) {
        keep(startCopyJobs(source.name(), version), exchange);
    }

    /** The jobs of all organizations. */
    public void beginAllJobs(
            @Variable("source") Source source, @Variable("apiVersion") ApiVersion version, Exchange exchange) {
        keep(startAllJobs(source.name(), version), exchange);
    }

    /** For as long as the exchange: however that ends, the list has been dealt with. */
    private static void keep(JobList list, Exchange exchange) {
        exchange.setVariable("jobs", list);
        exchange.setVariable("list", list);
        AtEnd.of(exchange, done -> {
            list.close();
            // Whoever waits for all exchanges of a share may hold on to those that are done.
            LARGE.forEach(done::removeVariable);
        });
    }
}
