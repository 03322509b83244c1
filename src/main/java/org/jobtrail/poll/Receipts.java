package org.jobtrail.poll;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code 8-write-receipt} asks: what stands in it, and who is told once it is written. Stateless. */
public final class Receipts {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final Duration period;
    private final String programVersion;
    private final Metrics metrics;
    private final PollHealth health;

    public Receipts(Duration period, String programVersion, Metrics metrics, PollHealth health) {
        this.period = period;
        this.programVersion = programVersion;
        this.metrics = metrics;
        this.health = health;
    }

    public boolean isWritten(@Variable("attempt") Attempt attempt) {
        return attempt.hasReceipt();
    }

    public void write(@Variable("attempt") Attempt attempt, Exchange exchange) {
        StatementParameters.set(exchange, Map.of("receipt", Receipt.json(attempt, period, programVersion)));
    }

    public void written(@Variable("attempt") Attempt attempt, @Body List<Map<String, Object>> rows) {
        String source = attempt.source().name();
        if (rows.get(0).get("seq") == null) {
            LOG.debug("source {}: another instance has taken a share over and tells of it", source);
            return;
        }
        attempt.received();
        health.recording().received(source);
        if (attempt.share() == null) {
            cycleEnded(attempt, Duration.ofNanos(System.nanoTime() - attempt.startedNanos()));
        } else if (!attempt.share().isOfTheAttempt()) {
            metrics.share(source, attempt.status().name());
        }
        metrics.jobsSeen(source, attempt.outcomes().jobs(), attempt.outcomes().rejected());
        // A share that reads the copy jobs of all organizations is no further poll of any of them.
        if (attempt.share() == null || attempt.share().isOfOrganizations()) {
            attempt.outcomes()
                    .organizationStatuses()
                    .forEach((organization, status) -> metrics.organization(source, status.name()));
        }
        metrics.changes(attempt.changes());
        attempt.trouble().text().ifPresent(text -> LOG.warn("source {}: {}", source, text));
        Warnings.of(attempt.outcomes().notComplete()).forEach(line -> LOG.warn("source {}, {}", source, line));
    }

    private void cycleEnded(Attempt attempt, Duration took) {
        String source = attempt.source().name();
        String outcome = attempt.status().name();
        metrics.cycle(source, outcome, took.toNanos());
        health.polled(source, took, outcome, attempt.reason());
    }
}
