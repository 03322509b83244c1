package org.jobtrail.fetch;

import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;

/** What {@code 4-fetch-jobs} and {@code 4-fetch-copy-jobs} ask: where the next page of a job list is, and what came back. Keeps no state. */
public final class JobLists {

    private final Clock clock;
    private final Duration patience;

    public JobLists(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    public JobList start(
            @Variable("organization") Organization organization, @Variable("apiVersion") ApiVersion version) {
        return new JobList(organization, version, clock.instant().plus(patience));
    }

    public JobList startCopyJobs(@Variable("apiVersion") ApiVersion version) {
        return JobList.ofCopyJobs(version, clock.instant().plus(patience));
    }

    public void request(@Variable("jobs") JobList jobs, Exchange exchange) {
        HttpRequest.get(exchange, jobs);
    }

    public void accept(
            @Variable("jobs") JobList jobs, @Header(Exchange.CONTENT_TYPE) String contentType, @Body byte[] body) {
        ContentType.requireJson(contentType);
        jobs.received(body == null ? new byte[0] : body);
    }
}
