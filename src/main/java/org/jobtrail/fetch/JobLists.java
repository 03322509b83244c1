package org.jobtrail.fetch;

import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;

/** What {@code 4-fetch-jobs} asks: where the next page of a job list is, and what came back. Stateless. */
public final class JobLists {

    public JobList start(
            @Variable("organization") Organization organization, @Variable("apiVersion") ApiVersion version) {
        return new JobList(organization, version);
    }

    public void request(@Variable("jobs") JobList jobs, Exchange exchange) {
        HttpRequest.get(exchange, jobs.path(), jobs.query());
    }

    public void accept(
            @Variable("jobs") JobList jobs, @Header(Exchange.CONTENT_TYPE) String contentType, @Body byte[] body) {
        ContentType.requireJson(contentType);
        jobs.received(body == null ? new byte[0] : body);
    }
}
