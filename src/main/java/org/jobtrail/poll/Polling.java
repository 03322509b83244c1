package org.jobtrail.poll;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.spi.NormalizedEndpointUri;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.observe.RecordingHealth;
import org.jobtrail.publish.ComparisonGate;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of a cycle, whole or in shares, ask at their turns. A cycle and its attempt travel with the exchange. */
public final class Polling {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    /** How long an attempt without a sign of life keeps the next from beginning; a third of that before it is shared out. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int BATCH = 50;

    /** What was needed for the list of organizations only: the exchange of each of them would copy it. */
    private static final List<String> OF_THE_SOURCE = List.of("instance", "organizations", "noted", "list", "request");

    private final List<Source> sources;
    private final Duration period;
    private final ComparisonGate gate;
    private final Sharing sharing;
    private final Turns turns;
    private final InHand inHand;
    private final RecordingHealth recording;
    private final Consumer<Cycle> listener;

    public Polling(
            List<Source> sources,
            Duration period,
            ComparisonGate gate,
            Sharing sharing,
            InHand inHand,
            RecordingHealth recording,
            Consumer<Cycle> listener) {
        this.sources = sources;
        this.period = period;
        this.gate = gate;
        this.sharing = sharing;
        this.turns = new Turns(period, sharing);
        this.inHand = inHand;
        this.recording = recording;
        this.listener = listener;
    }

    public Source source(String name) {
        return sources.stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Camel's address of the source, in the form in which it is looked up: as text, it would be brought into that form for each call.
     * The path and the query of a call travel in headers that only our code sets.
     */
    public static NormalizedEndpointUri endpoint(@Variable("source") Source source, CamelContext context) {
        String tls =
                source.url().getScheme().equals("https") ? "&sslContextParameters=#trusted-by-" + source.name() : "";
        // One more than organizations: a login may come between them.
        int connections = source.concurrency() + 1;
        return context.getCamelContextExtension()
                .normalizeUri(source.url() + "?followRedirects=false&disableStreamCache=true&connectionsPerRoute="
                        + connections + "&maxTotalConnections=" + connections + tls);
    }

    public Cycle begin(@Variable("source") Source source, Exchange exchange) {
        var cycle = new Cycle(source.name(), System.nanoTime());
        inHand.untilTheEndOf(exchange, cycle);
        return cycle;
    }

    /** False where it cannot be time yet, or will never be any more. Waits until PostgreSQL was compared with Kafka. */
    public boolean awaitTurn(@Variable("source") Source source) {
        return turns.take(source.name()) && gate.await();
    }

    public void beginAttempt(@Variable("source") Source source, Exchange exchange) {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", source.name());
        parameters.put("period", sharing.shared() ? StatementParameters.interval(period) : null);
        parameters.put("patience", StatementParameters.interval(PATIENCE));
        StatementParameters.set(exchange, parameters);
    }

    public Attempt attemptBegun(
            @Variable("cycle") Cycle cycle, @Variable("source") Source source, @Body List<Map<String, Object>> rows) {
        if (rows.get(0).get("attempt") == null) {
            double dueIn = (Double) rows.get(0).get("due_in");
            cycle.begunElsewhere();
            recording.begunElsewhere(source.name(), dueIn > 0 ? period.minusNanos((long) (dueIn * 1e9)) : null);
            turns.askAgain(source.name(), dueIn);
            return null;
        }
        recording.begun(source.name());
        sharing.noteAttemptBefore(
                source.name(),
                Boolean.TRUE.equals(rows.get(0).get("given_up")),
                Boolean.TRUE.equals(rows.get(0).get("untaken")));
        var attempt = new Attempt(
                source,
                ((Number) rows.get(0).get("attempt")).longValue(),
                (String) rows.get(0).get("started_at"),
                System.nanoTime());
        cycle.begun(attempt);
        inHand.take(cycle, attempt);
        return attempt;
    }

    public void listed(
            @Variable("attempt") Attempt attempt,
            @Variable("apiVersion") ApiVersion version,
            @Variable("organizations") OrganizationList list,
            @Body List<Organization> organizations) {
        attempt.listed(organizations, version);
        list.doubt().ifPresent(attempt.trouble()::doubt);
        if (organizations.isEmpty() && list.isLacking()) {
            attempt.foundNobody();
        }
    }

    /** Leaves behind what none of the organizations needs: the exchange of each would copy it, at many of its steps. */
    public void lighten(Exchange exchange) {
        OF_THE_SOURCE.forEach(exchange::removeVariable);
    }

    /** The organizations in batches, each claimed by one statement: little waits for it, and little is claimed long before its turn. */
    public static List<List<Organization>> batches(@Body List<Organization> organizations) {
        return IntStream.range(0, (organizations.size() + BATCH - 1) / BATCH)
                .mapToObj(batch ->
                        organizations.subList(batch * BATCH, Math.min((batch + 1) * BATCH, organizations.size())))
                .toList();
    }

    public void end(@Variable("cycle") Cycle cycle) {
        if (cycle.isShared()) {
            return;
        }
        cycle.ended(System.nanoTime());
        LOG.info(Summary.of(cycle).text());
        listener.accept(cycle);
    }
}
