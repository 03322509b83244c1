package org.jobtrail.poll;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a cycle did that instances shared, by the receipts of all of them. */
public final class LastCycle {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    private final Metrics metrics;
    private final PollHealth health;

    public LastCycle(Metrics metrics, PollHealth health) {
        this.metrics = metrics;
        this.health = health;
    }

    public void lookUp(@Variable("source") Source source, Exchange exchange) {
        StatementParameters.set(exchange, Map.of("source", source.name()));
    }

    /** Who ended a cycle says how it went; all others take note of it. */
    public void tell(
            @Variable("source") Source source,
            @Variable("shareRun") ShareRun run,
            @Body List<Map<String, Object>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Map<String, Object> last = rows.get(0);
        var took = Duration.ofMillis((long) (((Double) last.get("seconds")) * 1e3));
        String outcome = (String) last.get("outcome");
        var reason = (String) last.get("reason");
        var completeAgo = (Double) last.get("complete_seconds_ago");
        health.told(
                source.name(),
                completeAgo == null ? null : Duration.ofMillis((long) (completeAgo * 1e3)),
                took,
                outcome,
                reason == null ? null : OneLine.of(reason));
        if (run != null) {
            metrics.cycle(source.name(), outcome, took.toNanos());
            LOG.info(summary(source, last, took));
        }
    }

    private static String summary(Source source, Map<String, Object> last, Duration took) {
        long changes = number(last, "changes");
        long notComplete = number(last, "not_complete");
        return String.format(
                Locale.ROOT,
                "polled source %s, %s, %s: %s%s in %.1f s, by %s",
                source.name(),
                Counted.of(number(last, "organizations"), "organization"),
                Counted.of(number(last, "jobs"), "job"),
                changes == 0 ? "no change" : Counted.of(changes, "change"),
                notComplete == 0 ? "" : ", %s not complete".formatted(Counted.of(notComplete, "list")),
                took.toMillis() / 1e3,
                Counted.of(number(last, "instances"), "instance"));
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }
}
