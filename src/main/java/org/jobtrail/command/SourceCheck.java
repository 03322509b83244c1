package org.jobtrail.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.ObjectHelper;
import org.jobtrail.authenticate.LoginException;
import org.jobtrail.failure.Reason;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.fetch.OrganizationLists;
import org.jobtrail.poll.Polling;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.jobtrail.veeam.ServiceInstance;

/** What {@code check} looks at on a source: each kind of list that a poll reads, once. */
final class SourceCheck {

    private static final int FORBIDDEN = 403;

    private final ProducerTemplate template;
    private final JobLists jobLists;
    private final SourceOwnership ownership;
    private final PrintStream out;
    private final Consumer<String> bad;

    SourceCheck(CamelContext context, SourceOwnership ownership, PrintStream out, Consumer<String> bad) {
        this.template = context.createProducerTemplate();
        this.jobLists = context.getRegistry().lookupByNameAndType("jobLists", JobLists.class);
        this.ownership = ownership;
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
            bad.accept("source %s at %s: %s"
                    .formatted(source.name(), source.url(), withItsSetting(source, listed.getException())));
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
            ownership
                    .claimInstallation(instance.installationId(), source.name())
                    .ifPresent(problem -> bad.accept("  " + problem));
        }
        var list = listed.getVariable("organizations", OrganizationList.class);
        list.doubt().ifPresent(doubt -> bad.accept("  " + OneLine.of(doubt)));
        OrganizationLists.excludedInVain(list, source).forEach(sentence -> out.println("  " + sentence));
        List<Organization> toPoll = toPoll(listed);
        toPoll.forEach(organization -> wouldPoll(organization, source));
        if (toPoll.isEmpty()) {
            out.printf(
                    "  warning: would poll no organization: look at source.%s.organizations.include and .exclude%n",
                    source.name());
        } else {
            jobs(login, source, toPoll.get(0));
        }
    }

    /** Where nobody could be reached, the address is what to look at first. A server that answered was found at it. */
    private static String withItsSetting(Source source, Exception failure) {
        String reason = Reason.of(failure);
        String settings = "source." + source.name() + ".";
        boolean ofTheNetwork = ObjectHelper.getException(IOException.class, failure) != null;
        return reason.contains(settings) || !ofTheNetwork ? reason : "%s; look at %surl".formatted(reason, settings);
    }

    private static List<Organization> toPoll(Exchange listed) {
        List<?> body = listed.getMessage().getBody(List.class);
        return body.stream().map(Organization.class::cast).toList();
    }

    private void wouldPoll(Organization organization, Source source) {
        out.printf("  would poll organization %s%n", inWords(organization));
        ownership
                .claimOrganization(organization.id(), source.name())
                .ifPresent(problem -> bad.accept("  " + OneLine.of(problem)));
    }

    /** An account may be allowed to see organizations, and none of their jobs. One stands for all: with hundreds, it would take as long as a poll. */
    private void jobs(Exchange login, Source source, Organization first) {
        var version = login.getVariable("apiVersion", ApiVersion.class);
        String jobs = "the jobs of organization " + inWords(first);
        boolean readable = isReadable(jobs, login, exchange -> jobLists.begin(source, first, version, exchange));
        if (version.hasCopyJobs()) {
            readable &=
                    isReadable("the copy jobs", login, exchange -> jobLists.beginCopyJobs(source, version, exchange));
            jobs += ", and the copy jobs,";
        }
        if (readable) {
            out.printf("  %s can be read%n", jobs);
        }
    }

    private boolean isReadable(String what, Exchange login, Consumer<Exchange> begin) {
        Exchange read = template.send("direct:fetch-list", exchange -> {
            login.getVariables().forEach(exchange::setVariable);
            begin.accept(exchange);
        });
        Exception failure = read.getException();
        if (failure == null) {
            return true;
        }
        String line = "%s cannot be read: %s".formatted(what, Reason.of(failure));
        // What is wrong with one list costs that list; that the account is refused is likely to be so with all.
        if (isRefusal(failure)) {
            bad.accept("  " + line);
        } else {
            out.println("  warning: " + line);
        }
        return false;
    }

    private static boolean isRefusal(Exception failure) {
        return failure instanceof LoginException
                || failure instanceof HttpOperationFailedException http && http.getStatusCode() == FORBIDDEN;
    }

    private static String inWords(Organization organization) {
        return "%s (%s)"
                .formatted(
                        OneLine.of(Objects.requireNonNullElse(organization.name(), "without a name")),
                        OneLine.of(organization.id()));
    }
}
