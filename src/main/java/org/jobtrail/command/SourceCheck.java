package org.jobtrail.command;

import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jobtrail.failure.Reason;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.Organization;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.fetch.ServiceInstance;
import org.jobtrail.poll.Polling;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.OneLine;

/** What {@code check} looks at on a source: each kind of list that a poll reads, once. */
final class SourceCheck {

    private final ProducerTemplate template;
    private final JobLists jobLists;
    private final Belongings belongings;
    private final PrintStream out;
    private final Consumer<String> bad;

    SourceCheck(CamelContext context, Belongings belongings, PrintStream out, Consumer<String> bad) {
        this.template = context.createProducerTemplate();
        this.jobLists = context.getRegistry().lookupByNameAndType("jobLists", JobLists.class);
        this.belongings = belongings;
        this.out = out;
        this.bad = bad;
    }

    /** What the server wrote stays on its line: a line break in a name could put a verdict of its own at the end. */
    void look(Source source) {
        Exchange login = template.send("direct:authenticate", exchange -> {
            exchange.setVariable("source", source);
            exchange.setVariable("endpoint", Polling.endpoint(source, exchange.getContext()));
        });
        Exchange listed = login.getException() != null
                ? login
                : template.send(
                        "direct:fetch-organizations",
                        exchange -> login.getVariables().forEach(exchange::setVariable));
        if (listed.getException() != null) {
            bad.accept("source %s at %s: %s".formatted(source.name(), source.url(), Reason.of(listed.getException())));
            return;
        }
        var instance = login.getVariable("instance", ServiceInstance.class);
        out.printf(
                "source %s at %s: API %s, product %s, installation %s%n",
                source.name(),
                source.url(),
                login.getVariable("apiVersion"),
                Objects.requireNonNullElse(instance.productVersion(), "unknown"),
                Objects.requireNonNullElse(instance.installationId(), "unknown"));
        if (instance.known()) {
            belongings
                    .claimInstallation(instance.installationId(), source.name())
                    .ifPresent(problem -> bad.accept("  " + problem));
        }
        var list = listed.getVariable("organizations", OrganizationList.class);
        list.doubt().ifPresent(doubt -> bad.accept("  " + OneLine.of(doubt)));
        OrganizationLists.excludedInVain(list, source).forEach(sentence -> out.println("  " + sentence));
        List<Organization> toPoll = toPoll(listed);
        toPoll.forEach(organization -> wouldPoll(organization, source));
        if (toPoll.isEmpty()) {
            out.println("  would poll no organization");
        } else {
            jobs(login, source, toPoll.get(0));
        }
    }

    private static List<Organization> toPoll(Exchange listed) {
        List<?> body = listed.getMessage().getBody(List.class);
        return body.stream().map(Organization.class::cast).toList();
    }

    private void wouldPoll(Organization organization, Source source) {
        out.printf("  would poll organization %s%n", inWords(organization));
        belongings
                .claimOrganization(organization.id(), source.name())
                .ifPresent(problem -> bad.accept("  " + OneLine.of(problem)));
    }

    /** An account may be allowed to see organizations, and none of their jobs. One stands for all: with hundreds, it would take as long as a poll. */
    private void jobs(Exchange login, Source source, Organization first) {
        var version = login.getVariable("apiVersion", ApiVersion.class);
        Optional<String> jobs = unread(login, exchange -> jobLists.begin(source, first, version, exchange));
        Optional<String> copies = version.hasCopyJobs()
                ? unread(login, exchange -> jobLists.beginCopyJobs(source, version, exchange))
                : Optional.empty();
        jobs.ifPresent(reason -> bad.accept("  jobs of organization %s: %s".formatted(inWords(first), reason)));
        copies.ifPresent(reason -> bad.accept("  copy jobs: " + reason));
        if (jobs.isEmpty() && copies.isEmpty()) {
            out.printf(
                    "  the jobs of organization %s%s can be read%n",
                    inWords(first), version.hasCopyJobs() ? ", and the copy jobs," : "");
        }
    }

    /** Why a list cannot be read; empty where it can. */
    private Optional<String> unread(Exchange login, Consumer<Exchange> begin) {
        Exchange read = template.send("direct:fetch-list", exchange -> {
            login.getVariables().forEach(exchange::setVariable);
            begin.accept(exchange);
        });
        return Optional.ofNullable(read.getException()).map(Reason::of);
    }

    private static String inWords(Organization organization) {
        return "%s (%s)"
                .formatted(
                        OneLine.of(Objects.requireNonNullElse(organization.name(), "without a name")),
                        OneLine.of(organization.id()));
    }
}
