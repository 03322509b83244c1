package org.jobtrail.authenticate;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.settings.Settings.Source;

/**
 * Runs before a data call that was answered with 401 is sent again: a new token, once for all who were refused with the same
 * old one, and the list from its first page.
 */
public final class RenewToken implements Processor {

    private final AccessTokens accessTokens;
    private final Supplier<CamelContext> context;
    private final JobLists jobLists;
    private final OrganizationLists organizationLists;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    public RenewToken(
            AccessTokens accessTokens,
            Supplier<CamelContext> context,
            JobLists jobLists,
            OrganizationLists organizationLists) {
        this.accessTokens = accessTokens;
        this.context = context;
        this.jobLists = jobLists;
        this.organizationLists = organizationLists;
    }

    @Override
    public void process(Exchange exchange) {
        Source source = exchange.getVariable("source", Source.class);
        var jobs = exchange.getVariable("jobs", JobList.class);
        var organizations = exchange.getVariable("organizations", OrganizationList.class);
        if (!(jobs != null ? jobs.restart() : organizations.restart())) {
            // Refused with a new token as well: sent again as it is, it is refused again, and that ends it.
            return;
        }
        synchronized (locks.computeIfAbsent(source.name(), name -> new Object())) {
            accessTokens.reject(source, exchange.getVariable("authorization", String.class));
            try (ProducerTemplate template = context.get().createProducerTemplate()) {
                Exchange login = template.send("direct:authenticate", authentication -> {
                    authentication.setVariable("source", source);
                    authentication.setVariable("endpoint", exchange.getVariable("endpoint"));
                });
                if (login.getException() != null) {
                    throw new LoginException(login.getException().getMessage());
                }
            } catch (IOException e) {
                throw new LoginException("the login could not be ended: " + e.getMessage());
            }
        }
        accessTokens.present(source, exchange);
        if (jobs != null) {
            jobLists.request(jobs, exchange);
        } else {
            organizationLists.request(organizations, exchange);
        }
    }
}
