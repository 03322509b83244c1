package org.jobtrail.authenticate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final ProducerTemplate template;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    public RenewToken(AccessTokens accessTokens, ProducerTemplate template) {
        this.accessTokens = accessTokens;
        this.template = template;
    }

    @Override
    public void process(Exchange exchange) {
        Source source = exchange.getVariable("source", Source.class);
        synchronized (locks.computeIfAbsent(source.name(), name -> new Object())) {
            accessTokens.reject(source, exchange.getVariable("authorization", String.class));
            Exchange login = template.send(
                    "direct:authenticate", authentication -> authentication.setVariable("source", source));
            if (login.getException() != null) {
                throw new LoginException(login.getException().getMessage());
            }
        }
        accessTokens.present(source, exchange);
        var jobs = exchange.getVariable("jobs", JobList.class);
        if (jobs != null) {
            jobs.restart();
            new JobLists().request(jobs, exchange);
        } else {
            var organizations = exchange.getVariable("organizations", OrganizationList.class);
            organizations.restart();
            new OrganizationLists().request(organizations, exchange);
        }
    }
}
