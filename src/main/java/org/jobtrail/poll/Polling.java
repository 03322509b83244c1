package org.jobtrail.poll;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.Organization;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.poll.OrganizationOutcome.Status;
import org.jobtrail.publish.FirstComparison;
import org.jobtrail.settings.Settings.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code 1-poll} asks at its turns. Keeps nothing of its own: a cycle and its attempts travel with the exchange. */
public final class Polling {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private static final int SHARE = 50;

    private final List<Source> sources;
    private final Duration period;
    private final String programVersion;
    private final Metrics metrics;
    private final PollHealth health;
    private final FirstComparison comparison;
    private final Consumer<Cycle> listener;

    public Polling(
            List<Source> sources,
            Duration period,
            String programVersion,
            Metrics metrics,
            PollHealth health,
            FirstComparison comparison,
            Consumer<Cycle> listener) {
        this.sources = sources;
        this.period = period;
        this.programVersion = programVersion;
        this.metrics = metrics;
        this.health = health;
        this.comparison = comparison;
        this.listener = listener;
    }

    public Source source(String name) {
        return sources.stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Camel's address of the source. The path and the query of a call travel in headers that only our code sets. */
    public static String endpoint(@Variable("source") Source source) {
        String tls =
                source.url().getScheme().equals("https") ? "&sslContextParameters=#trusted-by-" + source.name() : "";
        // One more than organizations: a login may come between them.
        int connections = source.concurrency() + 1;
        return source.url() + "?followRedirects=false&disableStreamCache=true&connectionsPerRoute=" + connections
                + "&maxTotalConnections=" + connections + tls;
    }

    public Cycle begin(@Variable("source") Source source) {
        comparison.await();
        return new Cycle(source.name(), System.nanoTime());
    }

    public void number(@Variable("source") Source source, Exchange exchange) {
        StatementParameters.set(exchange, Map.of("source", source.name()));
    }

    public Attempt opened(
            @Variable("cycle") Cycle cycle, @Variable("source") Source source, @Body List<Map<String, Object>> rows) {
        var attempt = new Attempt(
                source,
                ((Number) rows.get(0).get("attempt")).longValue(),
                (String) rows.get(0).get("started_at"),
                System.nanoTime());
        cycle.opened(attempt);
        return attempt;
    }

    public void listed(
            @Variable("attempt") Attempt attempt,
            @Variable("apiVersion") ApiVersion version,
            @Variable("organizations") OrganizationList list,
            @Body List<Organization> organizations) {
        attempt.listed(organizations, version);
        list.doubt().ifPresent(attempt::doubt);
    }

    /** The organizations in shares, each claimed by one statement: little waits for it, and little is claimed long before its turn. */
    public static List<List<Organization>> shares(@Body List<Organization> organizations) {
        return IntStream.range(0, (organizations.size() + SHARE - 1) / SHARE)
                .mapToObj(share ->
                        organizations.subList(share * SHARE, Math.min((share + 1) * SHARE, organizations.size())))
                .toList();
    }

    public void receipt(@Variable("attempt") Attempt attempt, Exchange exchange) {
        StatementParameters.set(exchange, Map.of("receipt", Receipt.json(attempt, period, programVersion)));
    }

    public void received(@Variable("attempt") Attempt attempt) {
        String source = attempt.source().name();
        long nanos = System.nanoTime() - attempt.startedNanos();
        metrics.cycle(source, attempt.status().name(), nanos);
        metrics.jobsSeen(source, attempt.jobs(), attempt.rejected());
        attempt.organizationStatuses().forEach((organization, status) -> metrics.organization(source, status.name()));
        attempt.outcomes().forEach(outcome -> metrics.changes(outcome.changes()));
        health.polled(
                source,
                attempt.status() == Status.COMPLETE,
                Duration.ofNanos(nanos),
                attempt.status().name(),
                attempt.reason());
        if (attempt.trouble() != null) {
            LOG.warn("source {}: {}", source, attempt.trouble());
        }
        attempt.notComplete().forEach(outcome -> LOG.warn("source {}, {}", source, outcome.text()));
    }

    public void end(@Variable("cycle") Cycle cycle) {
        cycle.ended(System.nanoTime());
        LOG.info(Summary.of(cycle).text());
        listener.accept(cycle);
    }
}
